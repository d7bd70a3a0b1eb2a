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

  /** Where a field begins: at its sign, or at its end where it has no value. */
  from(row: number, place: number): number {
    const before = row * FIELDS + place - 1;
    return before < 0 ? 0 : (this.#ends[before] as number) + 1;
  }

  to(row: number, place: number): number {
    return this.#ends[row * FIELDS + place] as number;
  }

  text(row: number, field: RecordField): string | null {
    const from = this.from(row, PLACE[field]);
    const to = this.to(row, PLACE[field]);
    return from === to ? null : this.bytes.toString("utf8", from + 1, to);
  }
}

/** Cuts a stream of records into batches of so many rows; the last one has what is left. */
export async function* inBatches(pieces: AsyncIterable<Buffer>, size: number, rows: number): AsyncGenerator<FileBatch> {
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
    while (at < bytes.length) {
      [at, found] = endsFrom(bytes, at, ends, found);
      if (found < ends.length) break;
      yield new FileBatch(bytes.subarray(0, at), ends);
      left -= ends.length / FIELDS;
      begin();
    }
  }
  if (left > 0) throw new Error(`${left} of ${rows} rows of the import were not handed over`);
}

/** Notes the NULs from a place on, as many as there is room for; returns the place behind the last one, or behind all bytes, and how many there are. */
function endsFrom(bytes: Buffer, from: number, ends: Uint32Array, known: number): [at: number, found: number] {
  let [at, found] = [from, known];
  for (; at < bytes.length && found < ends.length; at++) if (bytes[at] === 0) ends[found++] = at;
  return [at, found];
}
