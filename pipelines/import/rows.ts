/** Bytes that are gathered in one place, which is used again and again: it grows, and is never given back. */
export class RowBuffer {
  bytes = Buffer.allocUnsafe(1 << 21);
  at = 0;

  /** Makes room for so many bytes more. */
  reserve(more: number): void {
    if (this.at + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.at + more, 2 * this.bytes.length));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }

  add(bytes: Buffer, from = 0, to = bytes.length): void {
    this.reserve(to - from);
    bytes.copy(this.bytes, this.at, from, to);
    this.at += to - from;
  }

  addByte(byte: number): void {
    this.reserve(1);
    this.bytes[this.at++] = byte;
  }

  /** What was gathered, until more is. */
  taken(): Buffer {
    return this.bytes.subarray(0, this.at);
  }
}

/** Cuts a file into rows as its bytes come in, and writes each in a form that DuckDB reads without a doubt. */
export interface RowCutter {
  /** Rows so far, damaged ones included. */
  readonly rows: number;
  readonly damaged: number;
  /** Takes the next bytes and writes the rows that are whole. */
  push(bytes: Buffer, into: RowBuffer): void;
  /** Writes the rest, once the file is at its end. @throws Cut where the file cannot end here. */
  end(into: RowBuffer): void;
}

/** The file as a whole is damaged. The message completes "it is damaged: ". */
export class Cut extends Error {}

/** What a byte order mark is in UTF-8: no part of the first row. */
export function withoutMark(bytes: Buffer): Buffer {
  return bytes.toString("hex", 0, 3) === "efbbbf" ? bytes.subarray(3) : bytes;
}

export const LF = 10;
export const CR = 13;
export const QUOTE = 34;
export const COMMA = 44;
export const COLON = 58;
export const OPEN_LIST = 91;
export const BACKSLASH = 92;
export const CLOSE_LIST = 93;
export const OPEN_OBJECT = 123;
export const CLOSE_OBJECT = 125;
