import { type CopyValue, copyLine } from "./copy.ts";

const FIRST_BYTES = 65_536;
const MOST_BYTES_PER_UNIT = 3;

/** Lines of COPY's text format, gathered as bytes: numbers and bytes that are encoded already cost no text on the way. */
export class CopyLines {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #at = 0;

  get isEmpty(): boolean {
    return this.#at === 0;
  }

  /** Adds a line of these values, escaped. */
  add(values: readonly CopyValue[]): void {
    const line = copyLine(values);
    this.#makeRoom(MOST_BYTES_PER_UNIT * line.length);
    this.#at += this.#bytes.write(line, this.#at);
  }

  /** Adds what stands between `from` and `to`, encoded as it is, and then `rest`, which ends the line. */
  addBytes(bytes: Uint8Array, from: number, to: number, rest: Uint8Array): void {
    this.#makeRoom(to - from + rest.length);
    const into = this.#bytes;
    let at = this.#at;
    for (let no = from; no < to; no++) into[at++] = bytes[no] as number;
    for (let no = 0; no < rest.length; no++) into[at++] = rest[no] as number;
    this.#at = at;
  }

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  #makeRoom(needed: number): void {
    if (this.#at + needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#at + needed, 2 * this.#bytes.length));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}

const LINE_FEED = 10;

/** The lines of a text of COPY, each with its line feed. */
export function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const to = bytes.indexOf(LINE_FEED, from) + 1;
    lines.push(bytes.subarray(from, to));
    from = to;
  }
  return lines;
}
