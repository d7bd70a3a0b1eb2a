import { RECORD_FIELDS } from "../db/file-batch.ts";
import type { CsvSink, Span } from "./csv-rows.ts";
import type { Records } from "./records.ts";
import { CR, LF, QUOTE, type RowBuffer } from "./rows.ts";

/** Writes the rows of a file with columns of ours as records. */
export class CsvRecords implements CsvSink {
  readonly #records: Records;
  /** By field of a record: place of its column, or -1. */
  readonly #places: Int32Array;

  /** @param placeOf the column of a field, or -1. */
  constructor(records: Records, placeOf: (field: string) => number) {
    this.#records = records;
    this.#places = Int32Array.from(RECORD_FIELDS, placeOf);
  }

  plain(data: Buffer, begin: number, ends: Int32Array): void {
    const records = this.#records;
    records.begin((ends[ends.length - 1] as number) - begin);
    for (const place of this.#places) {
      const from = place > 0 ? (ends[place - 1] as number) + 1 : begin;
      const to = place < 0 ? from : (ends[place] as number);
      if (from === to) records.none();
      else records.value(data, from, to);
    }
    records.end();
  }

  values(data: Buffer, values: readonly Span[]): void {
    const records = this.#records;
    records.begin((values.at(-1)?.[1] ?? 0) - (values[0]?.[0] ?? 0));
    for (const place of this.#places) {
      const [from, to] = values[place] ?? [0, 0];
      if (from === to) records.none();
      else if (data[from] === QUOTE) records.quoted(data, from + 1, to - 1);
      else records.value(data, from, to);
    }
    records.end();
  }

  damaged(reason: string): void {
    this.#records.damaged(reason);
  }
}

/** Writes the rows as a CSV that every reader takes for the same: with a column in front that says how a row is damaged, which has no values then. */
export class CsvCopy implements CsvSink {
  readonly #into: RowBuffer;
  readonly #delimiter: string;
  readonly #empty: string;

  constructor(into: RowBuffer, delimiter: string, columns: number) {
    this.#into = into;
    this.#delimiter = delimiter;
    this.#empty = delimiter.repeat(columns);
  }

  plain(data: Buffer, from: number, ends: Int32Array): void {
    this.#into.addByte(this.#delimiter.charCodeAt(0));
    this.#into.add(data, from, ends[ends.length - 1]);
    this.#into.addByte(LF);
  }

  values(data: Buffer, values: readonly Span[]): void {
    for (const span of values) {
      this.#into.addByte(this.#delimiter.charCodeAt(0));
      if (isClear(data, span)) this.#into.add(data, ...span);
      else this.#into.add(Buffer.from(`"${data.toString("utf8", ...span).replaceAll('"', '""')}"`));
    }
    this.#into.addByte(LF);
  }

  damaged(reason: string): void {
    this.#into.add(Buffer.from(`"${reason}"${this.#empty}\n`));
  }
}

/** Whether every reader takes the value for the same: a quote or a carriage return stands in quotes alone. */
function isClear(data: Buffer, [from, to]: Span): boolean {
  if (data[from] === QUOTE) return true;
  for (let at = from; at < to; at++) if (data[at] === QUOTE || data[at] === CR) return false;
  return true;
}
