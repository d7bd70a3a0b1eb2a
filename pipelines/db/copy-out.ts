import type pg from "pg";

/** Gets one row: the bytes `from` to `to` of a buffer that is only valid for now, in COPY's text format, without the line feed. */
export type OnRow = (bytes: Buffer, from: number, to: number) => void;

/**
 * Reads a `COPY .. TO STDOUT` row by row, straight from the bytes that the socket brings: pg's own reader makes an object of every row, which
 * costs more than the row. The callback is what the server waits for; nothing is held.
 */
export function copyOut(client: pg.ClientBase, text: string, onRow: OnRow): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(new CopyReader(text, onRow, resolve, reject));
  });
}

interface Wire {
  readonly stream: NodeJS.ReadableStream;
  query(text: string): void;
}

type Listener = (chunk: Buffer) => void;

const [ROW, NOTICE, PARAMETER, BEGIN] = [..."dNSH"].map((letter) => letter.charCodeAt(0));
/** A message is a letter, its length with the four bytes of the length itself, and what it says. */
const HEAD = 5;
const LENGTH_AT = 1;

/** A query as pg takes them, which takes the socket over while rows come and gives it back with the first message that is none. */
class CopyReader implements pg.Submittable {
  readonly #text: string;
  readonly #onRow: OnRow;
  readonly #resolve: () => void;
  readonly #reject: (error: unknown) => void;
  #wire: Wire | undefined;
  #theirs: Listener[] = [];
  /** The beginning of a message whose end has not come yet. */
  #begun: Buffer = Buffer.alloc(0);
  #error: unknown;
  readonly #hear = (chunk: Buffer): void => this.#read(chunk);

  constructor(text: string, onRow: OnRow, resolve: () => void, reject: (error: unknown) => void) {
    this.#text = text;
    this.#onRow = onRow;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  submit(wire: Wire): void {
    this.#wire = wire;
    this.#theirs = wire.stream.listeners("data") as Listener[];
    wire.stream.removeAllListeners("data");
    wire.stream.on("data", this.#hear);
    wire.query(this.#text);
  }

  #read(chunk: Buffer): void {
    const at = this.#begun.length === 0 ? 0 : this.#finish(chunk);
    if (at < 0) return;
    let from = at;
    while (from + HEAD <= chunk.length) {
      const to = from + 1 + chunk.readUInt32BE(from + LENGTH_AT);
      if (!isOurs(chunk[from]) || to > chunk.length) break;
      this.#take(chunk, from, to);
      from = to;
    }
    if (from === chunk.length) return;
    if (isOurs(chunk[from])) this.#begun = Buffer.from(chunk.subarray(from));
    else this.#giveBack(chunk.subarray(from));
  }

  /** Completes the message that the last chunk began. Returns where the next one begins, or -1 where there is none. */
  #finish(chunk: Buffer): number {
    const had = this.#begun.length;
    const all = had < HEAD ? Buffer.concat([this.#begun, chunk.subarray(0, HEAD - had)]) : this.#begun;
    const needed = all.length < HEAD ? HEAD : 1 + all.readUInt32BE(LENGTH_AT);
    this.#begun = Buffer.concat([this.#begun, chunk.subarray(0, needed - had)]);
    if (this.#begun.length < needed || all.length < HEAD) return -1;
    const message = this.#begun;
    this.#begun = Buffer.alloc(0);
    this.#take(message, 0, message.length);
    return needed - had;
  }

  #take(bytes: Buffer, from: number, to: number): void {
    if (bytes[from] !== ROW || this.#error !== undefined) return;
    try {
      this.#onRow(bytes, from + HEAD, to - 1);
    } catch (error) {
      // The rest must be heard all the same, or the session would be of no use to whoever comes next.
      this.#error = error;
    }
  }

  #giveBack(rest: Buffer): void {
    const stream = this.#wire?.stream;
    stream?.removeListener("data", this.#hear);
    for (const listener of this.#theirs) stream?.on("data", listener);
    for (const listener of this.#theirs) listener(rest);
  }

  /** The last word of a query that failed. */
  handleError(error: unknown): void {
    this.#reject(error);
  }

  handleReadyForQuery(): void {
    if (this.#error === undefined) this.#resolve();
    else this.#reject(this.#error);
  }

  handleCommandComplete(): void {}
  handleCopyData(): void {}
  handleEmptyQuery(): void {}
  handleRowDescription(): void {}
  handleDataRow(): void {}
}

/** What may come before and between the rows. */
function isOurs(letter: number | undefined): boolean {
  return letter === ROW || letter === NOTICE || letter === PARAMETER || letter === BEGIN;
}
