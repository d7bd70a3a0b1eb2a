import { LIMITS } from "./limits.ts";
import {
  BACKSLASH,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COMMA,
  CR,
  Cut,
  LF,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
  type RowCutter,
  withoutMark,
} from "./rows.ts";

const NOTHING = Buffer.alloc(0);
/** A line that is no JSON. */
const DAMAGED = Buffer.from("{\n");
const END = Buffer.from("\n");

const SPACE = 32;
const isBlank = (byte: number | undefined): boolean => byte === SPACE || byte === 9 || byte === LF || byte === CR;

/** Whether the file is a list, by the first character of it. */
export function isJsonList(start: Buffer): boolean {
  return withoutMark(start).find((byte) => !isBlank(byte)) === OPEN_LIST;
}

/** The lines of a file that has one object a line; empty ones are passed over, too long ones are damaged. */
export class JsonLines implements RowCutter {
  rows = 0;
  damaged = 0;
  #rest: Buffer = NOTHING;
  #begun = false;
  #skipping = false;

  push(bytes: Buffer): Buffer {
    return this.#cut(Buffer.concat([this.#rest, bytes]), false);
  }

  end(): Buffer {
    return this.#cut(this.#rest, true);
  }

  #cut(all: Buffer, isLast: boolean): Buffer {
    const data = this.#begun ? all : withoutMark(all);
    this.#begun = true;
    const written: Buffer[] = [];
    let at = 0;
    while (at < data.length) {
      const found = data.indexOf(LF, at);
      const isOpen = found < 0 && !isLast;
      const end = found < 0 ? data.length : found;
      const isLong = end - at > LIMITS.row;
      if (isOpen && !isLong && !this.#skipping) break;
      const line = data.subarray(at, end);
      if (!this.#skipping && (isLong || !line.every(isBlank))) {
        this.rows += 1;
        if (isLong) this.damaged += 1;
        written.push(...(isLong ? [DAMAGED] : [line, END]));
      }
      this.#skipping = isOpen;
      at = end + 1;
    }
    this.#rest = Buffer.from(data.subarray(Math.min(at, data.length)));
    return Buffer.concat(written);
  }
}

/** The elements of a list, written one a line. What stands between two commas is an element, whatever it is. */
export class JsonList implements RowCutter {
  rows = 0;
  damaged = 0;
  /** Place behind the list in the bytes that were pushed last, where it ended in them and others may follow. */
  closedAt: number | undefined;
  /** How deep in the list the next byte stands: 0 before it, 1 between its elements; negative behind it. */
  #depth = 0;
  readonly #isPart: boolean;
  #begun = false;
  #inText = false;
  #escaped = false;
  /** Bytes of the element so far, and whether it can still be one. */
  #parts: Buffer[] = [];
  #length = 0;
  #isDamaged = false;

  /** @param isPart whether the list has begun, and is a part of something that goes on behind it. */
  constructor(isPart = false) {
    this.#isPart = isPart;
    this.#begun = isPart;
    if (isPart) this.#depth = 1;
  }

  push(all: Buffer): Buffer {
    const bytes = this.#begun ? all : withoutMark(all);
    this.#begun = true;
    const written: Buffer[] = [];
    let from = 0;
    for (let at = 0; at < bytes.length; at++) {
      if (this.#inText) at = this.#text(bytes, at);
      else if (!this.#stays(bytes[at] as number)) {
        this.#keep(bytes.subarray(from, at));
        written.push(this.#element());
        from = at + 1;
        if (this.#isPart && this.#depth < 0) {
          this.closedAt = from;
          return Buffer.concat(written);
        }
      }
    }
    this.#keep(bytes.subarray(from));
    return Buffer.concat(written);
  }

  end(): Buffer {
    if (this.#depth >= 0) throw new Cut("the list in it has no end");
    if (!this.#isEmpty()) throw new Cut("something stands before or behind the list in it");
    return NOTHING;
  }

  /** Goes on to the end of a text, or of the bytes; returns the place of the last byte that it took. */
  #text(bytes: Buffer, from: number): number {
    let escaped = this.#escaped;
    let at = from;
    for (; at < bytes.length; at++) {
      const byte = bytes[at];
      // A line must not end in a text; if one does the element is damaged, and written as such.
      if (byte === LF || byte === CR) this.#isDamaged = true;
      if (escaped) escaped = false;
      else if (byte === BACKSLASH) escaped = true;
      else if (byte === QUOTE) {
        this.#inText = false;
        break;
      }
    }
    this.#escaped = escaped;
    return at;
  }

  /** Goes on by a byte outside of a text. Returns whether it is one of the element's own, and none that stands before or behind one. */
  #stays(byte: number): boolean {
    if (this.#depth < 0) return true;
    if (byte === QUOTE) this.#inText = true;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) return this.#depth++ > 0;
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) return this.#closes(byte);
    return byte !== COMMA || this.#depth !== 1;
  }

  #closes(byte: number): boolean {
    if (this.#depth > 1) {
      this.#depth -= 1;
      return true;
    }
    if (byte === CLOSE_OBJECT) return true;
    this.#depth = -1;
    return false;
  }

  #keep(bytes: Buffer): void {
    this.#length += bytes.length;
    if (this.#length > LIMITS.row) this.#isDamaged = true;
    if (this.#isDamaged) this.#parts = [];
    else if (bytes.length > 0) this.#parts.push(Buffer.from(bytes));
  }

  #isEmpty(): boolean {
    return !this.#isDamaged && this.#parts.every((part) => part.every(isBlank));
  }

  #element(): Buffer {
    const line = Buffer.concat(this.#parts);
    for (let at = line.indexOf(LF); at >= 0; at = line.indexOf(LF, at)) line[at] = SPACE;
    for (let at = line.indexOf(CR); at >= 0; at = line.indexOf(CR, at)) line[at] = SPACE;
    const isNone = this.#isEmpty();
    const isDamaged = this.#isDamaged;
    this.#parts = [];
    this.#length = 0;
    this.#isDamaged = false;
    if (isNone) return NOTHING;
    this.rows += 1;
    if (isDamaged) this.damaged += 1;
    return isDamaged ? DAMAGED : Buffer.concat([line, END]);
  }
}
