import { REPORT_COLUMNS } from "../domain/vocabulary.ts";

/** What a record holds, in its order. */
export const RECORD_FIELDS = ["device_id", "update_status", ...REPORT_COLUMNS] as const;
export type RecordField = (typeof RECORD_FIELDS)[number];

const FIELDS = RECORD_FIELDS.length;

/** The place of each field in a record. */
export const PLACE = Object.fromEntries(RECORD_FIELDS.map((field, place) => [field, place])) as Readonly<
  Record<RecordField, number>
>;

const NO_BYTES = 4;
const END_BYTES = 2;
/** Of the head of a record: see {@link FileBatch}. */
export const HEAD_BYTES = NO_BYTES + END_BYTES * FIELDS;

/**
 * Rows of a file as bytes: of each its head, then its fields in the order of {@link RECORD_FIELDS}, every one with NUL behind it, which no value
 * holds, and a sign before it where there is a value. The head has the number of the row in the file, from 1, in four bytes, and for each
 * field in two how far behind the head its NUL stands, the lowest byte first: so nobody looks for it.
 */
export class FileBatch {
  readonly bytes: Buffer;
  /** Of each row the end of its head, less one, and the places of the NULs behind its fields. */
  readonly #ends: Uint32Array;

  constructor(bytes: Buffer, ends: Uint32Array) {
    this.bytes = bytes;
    this.#ends = ends;
  }

  get rows(): number {
    return this.#ends.length / PLACES;
  }

  /** Where a field begins: at its sign, or at its end where it has no value. */
  from(row: number, place: number): number {
    return (this.#ends[row * PLACES + place] as number) + 1;
  }

  to(row: number, place: number): number {
    return this.#ends[row * PLACES + place + 1] as number;
  }

  /** Of its row in the file, from 1. */
  rowNo(row: number): number {
    return this.bytes.readUInt32LE(this.from(row, 0) - HEAD_BYTES);
  }

  text(row: number, field: RecordField): string | null {
    const from = this.from(row, PLACE[field]);
    const to = this.to(row, PLACE[field]);
    return from === to ? null : this.bytes.toString("utf8", from + 1, to);
  }
}

/** Of a row in a batch. */
const PLACES = FIELDS + 1;

/** Writes the head of a record, whose fields end at these places. */
export function putHead(rowNo: number, ends: Int32Array, into: Buffer, begin: number): void {
  const body = begin + HEAD_BYTES;
  let at = begin;
  for (let rest = rowNo; at < begin + NO_BYTES; rest >>>= 8) into[at++] = rest;
  for (let no = 0; no < FIELDS; no++) {
    const end = (ends[no] as number) - body;
    into[at++] = end;
    into[at++] = end >>> 8;
  }
}

/** Rows of a file by their numbers: an eighth of a byte a row. */
export class RowSet {
  readonly #bits: Uint8Array;

  /** @param rows of the file. */
  constructor(rows: number) {
    this.#bits = new Uint8Array((rows >> 3) + 1);
  }

  add(rowNo: number): void {
    const byte = rowNo >> 3;
    this.#bits[byte] = (this.#bits[byte] as number) | (1 << (rowNo & 7));
  }

  has(rowNo: number): boolean {
    return ((this.#bits[rowNo >> 3] as number) & (1 << (rowNo & 7))) !== 0;
  }
}

/**
 * Cuts a stream of records into batches of so many rows; the last one has what is left.
 * @param rows how many the batches have in all.
 * @param apart rows of the stream that are passed over.
 */
export async function* inBatches(
  pieces: AsyncIterable<Buffer>,
  size: number,
  rows: number,
  apart?: RowSet,
): AsyncGenerator<FileBatch> {
  const cutter = new RecordCutter(apart);
  let left = rows;
  const wanted = (): number => Math.min(size, left);
  cutter.begin(wanted());
  for await (const piece of pieces) {
    cutter.add(piece);
    for (let batch = cutter.batch(); batch; batch = cutter.batch()) {
      left -= batch.rows;
      yield batch;
      if (left === 0) return;
      cutter.begin(wanted());
    }
  }
  if (left > 0) throw new Error(`${left} of ${rows} rows of the import were not handed over`);
}

/** Finds records in bytes that come piece by piece. */
class RecordCutter {
  readonly #apart: RowSet | undefined;
  #bytes: Buffer = Buffer.alloc(0);
  /** Up to where they are cut. */
  #at = 0;
  #ends = new Uint32Array(0);
  #found = 0;

  constructor(apart: RowSet | undefined) {
    this.#apart = apart;
  }

  add(piece: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? piece : Buffer.concat([this.#bytes, piece]);
  }

  /** The next batch is to have so many rows. */
  begin(rows: number): void {
    this.#bytes = this.#bytes.subarray(this.#at);
    this.#ends = new Uint32Array(rows * PLACES);
    this.#at = 0;
    this.#found = 0;
  }

  /** The batch that was begun, once it is whole. */
  batch(): FileBatch | undefined {
    const [bytes, ends] = [this.#bytes, this.#ends];
    while (this.#found < ends.length) {
      const body = this.#at + HEAD_BYTES;
      if (body > bytes.length) return undefined;
      const to = body + bytes.readUInt16LE(body - END_BYTES) + 1;
      if (to > bytes.length) return undefined;
      if (!this.#apart?.has(bytes.readUInt32LE(this.#at))) this.#note(bytes, body);
      this.#at = to;
    }
    return new FileBatch(bytes.subarray(0, this.#at), ends);
  }

  #note(bytes: Buffer, body: number): void {
    const ends = this.#ends;
    let found = this.#found;
    ends[found++] = body - 1;
    for (let head = body - END_BYTES * FIELDS; head < body; head += END_BYTES) {
      ends[found++] = body + ((bytes[head] as number) | ((bytes[head + 1] as number) << 8));
    }
    this.#found = found;
  }
}
