import { closeSync, openSync, writeSync } from "node:fs";

/** Has lines written to a file that must not be there yet. Returns how many came, and how long the longest is. */
export async function withLines(
  file: string,
  write: (into: LineFile) => Promise<void>,
): Promise<{ rows: number; longestLine: number }> {
  const into = new LineFile(openSync(file, "wx", 0o600));
  try {
    await write(into);
    into.flush();
  } finally {
    into.close();
  }
  return { rows: into.rows, longestLine: into.longest };
}

/** Bytes that are written at once, where no line is longer. */
export const BLOCK_BYTES = 1 << 18;
const LINE_FEED = 0x0a;
/** A byte order mark. The engine takes one off the front of a file: without it that of a value would go. */
const MARK = Buffer.from("\ufeff");

/** Gathers lines into blocks, since each is a few dozen bytes, and writes them. */
export class LineFile {
  readonly #file: number;
  #block = Buffer.allocUnsafe(BLOCK_BYTES);
  #at = 0;
  rows = 0;
  /** Bytes, without the line feed. */
  longest = 0;

  constructor(file: number) {
    this.#file = file;
  }

  add(bytes: Buffer, from: number, to: number): void {
    const length = to - from;
    if (this.rows === 0) writeSync(this.#file, MARK);
    if (this.#at + length >= this.#block.length) this.#makeRoom(length + 1);
    const block = this.#block;
    let at = this.#at;
    for (let no = from; no < to; no++) block[at++] = bytes[no] as number;
    block[at++] = LINE_FEED;
    this.#at = at;
    this.rows += 1;
    if (length > this.longest) this.longest = length;
  }

  #makeRoom(needed: number): void {
    this.flush();
    if (needed > this.#block.length) this.#block = Buffer.allocUnsafe(needed);
  }

  flush(): void {
    for (let from = 0; from < this.#at; ) from += writeSync(this.#file, this.#block, from, this.#at - from);
    this.#at = 0;
  }

  close(): void {
    closeSync(this.#file);
  }
}
