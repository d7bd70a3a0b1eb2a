import { RECORD_FIELDS } from "../db/file-batch.ts";
import type { Records } from "./records.ts";

const NOTHING = Buffer.alloc(0);
/** Why it is damaged, marks, and the fields of a record. */
const FIELDS = 2 + RECORD_FIELDS.length;

/**
 * The rows that DuckDB hands over (queries/hand_over.sql): of each its fields, every one with NUL behind it and a sign before it where
 * there is a value, and a line feed behind all.
 */
export class RawRows {
  readonly #records: Records;
  readonly #isTimed: boolean;
  readonly #ends = new Int32Array(FIELDS);
  #rest = NOTHING;

  /** @param isTimed of several rows with an id the latest counts. */
  constructor(records: Records, isTimed: boolean) {
    this.#records = records;
    this.#isTimed = isTimed;
  }

  push(bytes: Buffer): void {
    const data = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    const ends = this.#ends;
    let begin = 0;
    for (let at = 0, found = 0; at < data.length; at++) {
      if (data[at] !== 0) continue;
      ends[found++] = at;
      if (found < FIELDS || at + 1 === data.length) continue;
      this.#take(data, begin);
      at += 1;
      begin = at + 1;
      found = 0;
    }
    this.#rest = Buffer.from(data.subarray(begin));
  }

  #take(data: Buffer, begin: number): void {
    const [records, ends] = [this.#records, this.#ends];
    const [damage = 0, marked = 0] = ends;
    const marks = data.subarray(damage + 1, marked);
    records.begin((ends[FIELDS - 1] as number) - begin);
    for (let no = 2; no < FIELDS; no++) {
      const from = (ends[no - 1] as number) + 1;
      const to = ends[no] as number;
      if (from === to) records.none();
      else records.value(data, from + 1, to);
    }
    records.end({
      ...(damage > begin ? { damage: data.toString("utf8", begin + 1, damage) } : {}),
      isUnknown: marks.includes("u"),
      hasNul: marks.includes("n"),
      hidesId: marks.includes("i"),
      isTimed: this.#isTimed,
    });
  }
}
