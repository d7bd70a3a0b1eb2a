import { REPORT_COLUMNS } from "../domain/vocabulary.ts";

/** What a record holds, in its order. */
export const RECORD_FIELDS = ["row_no", "device_id", "update_status", ...REPORT_COLUMNS] as const;
export type RecordField = (typeof RECORD_FIELDS)[number];

const FIELDS = RECORD_FIELDS.length;

/** The place of each field in a record. */
export const PLACE = Object.fromEntries(RECORD_FIELDS.map((field, place) => [field, place])) as Readonly<
  Record<RecordField, number>
>;

/**
 * Rows of a file as bytes: of each its fields in the order of {@link RECORD_FIELDS}, every one with NUL behind it, which no value holds, and a
 * sign before it where there is a value.
 */
export class FileBatch {
  readonly bytes: Buffer;
  /** Places of the NULs behind all fields of all rows. */
  readonly #ends: Uint32Array;

  constructor(bytes: Buffer, ends: Uint32Array) {
    this.bytes = bytes;
    this.#ends = ends;
  }

  get rows(): number {
    return this.#ends.length / FIELDS;
  }

  /** Where a field begins: at its sign, or at its end where it has no value. The first one, which always has a value, has no place but its end. */
  from(row: number, place: number): number {
    return (this.#ends[row * FIELDS + place - 1] as number) + 1;
  }

  to(row: number, place: number): number {
    return this.#ends[row * FIELDS + place] as number;
  }

  /** Of its row in the file, from 1. */
  rowNo(row: number): number {
    return numberBefore(this.bytes, this.to(row, PLACE.row_no));
  }

  text(row: number, field: Exclude<RecordField, "row_no">): string | null {
    const from = this.from(row, PLACE[field]);
    const to = this.to(row, PLACE[field]);
    return from === to ? null : this.bytes.toString("utf8", from + 1, to);
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
  let bytes: Buffer = Buffer.alloc(0);
  let [at, left, ends, found] = [0, rows, new Uint32Array(0), 0];
  const begin = (): void => {
    bytes = bytes.subarray(at);
    ends = new Uint32Array(Math.min(size, left) * FIELDS);
    [at, found] = [0, 0];
  };
  begin();
  for await (const piece of pieces) {
    bytes = bytes.length === 0 ? piece : Buffer.concat([bytes, piece]);
    while (at < bytes.length && left > 0) {
      [at, found] = endsFrom(bytes, at, ends, found, apart);
      if (found < ends.length) break;
      yield new FileBatch(bytes.subarray(0, at), ends);
      left -= ends.length / FIELDS;
      begin();
    }
  }
  if (left > 0) throw new Error(`${left} of ${rows} rows of the import were not handed over`);
}

/** Notes the NULs from a place on, as many as there is room for; returns the place behind the last one, or behind all bytes, and how many there are. */
function endsFrom(
  bytes: Buffer,
  from: number,
  ends: Uint32Array,
  known: number,
  apart: RowSet | undefined,
): [at: number, found: number] {
  let [at, found] = [from, known];
  for (; at < bytes.length && found < ends.length; at++) {
    if (bytes[at] !== 0) continue;
    ends[found++] = at;
    if (apart && found % FIELDS === 0 && apart.has(numberBefore(bytes, ends[found - FIELDS] as number)))
      found -= FIELDS;
  }
  return [at, found];
}

const [ZERO, NINE] = [48, 57];

/** The number whose digits end at a place. */
function numberBefore(bytes: Buffer, to: number): number {
  let number = 0;
  let unit = 1;
  for (let at = to - 1; at >= 0; at--, unit *= 10) {
    const byte = bytes[at] as number;
    if (byte < ZERO || byte > NINE) break;
    number += (byte - ZERO) * unit;
  }
  return number;
}
