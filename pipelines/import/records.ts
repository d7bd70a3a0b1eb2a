import path from "node:path";
import type { Reject } from "../db/campaigns.ts";
import { putDigits, putEscaped } from "../db/copy-bytes.ts";
import { HEAD_BYTES, PLACE, putHead, RECORD_FIELDS } from "../db/file-batch.ts";
import { reasonAgainst, shownId, type Written } from "./judge.ts";
import { LF, QUOTE, type RowBuffer } from "./rows.ts";
import { ScratchFile } from "./scratch-file.ts";

const FIELDS = RECORD_FIELDS.length;
const SIGN = 61;
const TAB = 9;
/** Longer than a number, and than the signs and NULs of all fields. */
const ROOM = 3 * FIELDS;

/** What is known of a row beside its values. */
export interface Told {
  /** How it is damaged. */
  readonly damage?: string;
  /** A value of it holds NUL. */
  readonly hasNul?: boolean;
  /** Its id does. */
  readonly hidesId?: boolean;
  /** Its last stage is a word that no table has. */
  readonly isUnknown?: boolean;
  /** Of several with its id the latest counts. */
  readonly isTimed?: boolean;
}
const NOTHING: Told = {};

/**
 * The rows of a file in two files of the scratch folder: the records of those that can be stored (see FileBatch), and their keys by which
 * DuckDB finds what stands twice: number, id, and where they are asked for time and unknown word, as COPY writes them.
 */
export class Records {
  /** Rows of the file so far. */
  rows = 0;
  /** Those that can't be stored. */
  readonly rejects: Reject[] = [];
  readonly files: { readonly records: string; readonly keys: string };
  readonly #records: ScratchFile;
  readonly #keys: ScratchFile;
  readonly #into: RowBuffer;
  readonly #ends = new Int32Array(FIELDS);
  #field = 0;
  #begin = 0;
  #hasNul = false;

  private constructor(records: ScratchFile, keys: ScratchFile) {
    this.#records = records;
    this.#keys = keys;
    this.#into = records.rows;
    this.files = { records: records.path, keys: keys.path };
  }

  static async open(scratch: string): Promise<Records> {
    const records = await ScratchFile.open(path.join(scratch, "records"));
    return new Records(records, await ScratchFile.open(path.join(scratch, "keys")));
  }

  /** Begins the next row, whose values come one after another in the order of a record, so many bytes at most together. */
  begin(most: number): void {
    this.rows += 1;
    const into = this.#into;
    into.reserve(HEAD_BYTES + most + ROOM);
    this.#begin = into.at;
    into.at += HEAD_BYTES;
    this.#field = 0;
    this.#hasNul = false;
  }

  /** The next value is not there. */
  none(): void {
    const into = this.#into;
    this.#ends[this.#field++] = into.at;
    into.bytes[into.at++] = 0;
  }

  value(data: Buffer, from: number, to: number): void {
    const { bytes, at: begin } = this.#into;
    bytes[begin] = SIGN;
    let at = begin + 1;
    for (let no = from; no < to; no++) {
      const byte = data[no] as number;
      if (byte === 0) this.#hasNul = true;
      bytes[at++] = byte;
    }
    this.#into.at = at;
    this.none();
  }

  /** The next value, in which two quotes stand for one. */
  quoted(data: Buffer, from: number, to: number): void {
    const into = this.#into;
    into.bytes[into.at] = SIGN;
    let at = into.at + 1;
    for (let no = from; no < to; no++) {
      const byte = data[no] as number;
      if (byte === 0) this.#hasNul = true;
      if (byte === QUOTE) no++;
      into.bytes[at++] = byte;
    }
    into.at = at;
    this.none();
  }

  /** Ends the row: it is kept, or set apart with the reason. */
  end(told = NOTHING): void {
    const written = { bytes: this.#into.bytes, begin: this.#begin + HEAD_BYTES, ends: this.#ends };
    const reason = told.damage ?? reasonAgainst(written, this.#hasNul || told.hasNul === true);
    if (reason === undefined) {
      putHead(this.rows, written.ends, written.bytes, this.#begin);
      this.#key(written, told);
    } else {
      this.rejects.push({ rowNo: this.rows, reason, deviceId: told.hidesId ? null : shownId(written) });
      this.#into.at = this.#begin;
    }
  }

  /** The next row has no values. */
  damaged(reason: string): void {
    this.rows += 1;
    this.rejects.push({ rowNo: this.rows, reason, deviceId: null });
  }

  /** Makes room for more: what was written lies in the files then. */
  async flush(): Promise<void> {
    await this.#records.flush();
    await this.#keys.flush();
  }

  async close(): Promise<void> {
    await this.#records.close();
    await this.#keys.close();
  }

  #key(written: Written, { isTimed = false, isUnknown = false }: Told): void {
    const { rows } = this.#keys;
    // Escaped, a byte becomes two at most.
    rows.reserve(2 * (this.#into.at - this.#begin) + ROOM);
    rows.at = putDigits(this.rows, rows.bytes, rows.at);
    this.#keyField(written, PLACE.device_id, true);
    this.#keyField(written, PLACE.reported_at, isTimed);
    this.#keyField(written, PLACE.last_stage, isUnknown);
    rows.bytes[rows.at++] = LF;
  }

  #keyField({ bytes, begin, ends }: Written, place: number, isAsked: boolean): void {
    const { rows } = this.#keys;
    rows.bytes[rows.at++] = TAB;
    if (!isAsked) return;
    const from = place > 0 ? (ends[place - 1] as number) + 1 : begin;
    rows.at = putEscaped(bytes, from + 1, ends[place] as number, rows.bytes, rows.at);
  }
}
