/** Cuts a file into rows as its bytes come in, and writes each in a form that DuckDB reads without a doubt. */
export interface RowCutter {
  /** Rows so far, damaged ones included. */
  readonly rows: number;
  readonly damaged: number;
  /** Takes the next bytes and returns the rows that are whole, as they are to be written. */
  push(bytes: Buffer): Buffer;
  /** The rest, once the file is at its end. @throws Cut where the file cannot end here. */
  end(): Buffer;
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
