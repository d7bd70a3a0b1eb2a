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
  RowBuffer,
  type RowCutter,
  withoutMark,
} from "./rows.ts";

const NOTHING = Buffer.alloc(0);
/** A line that is no JSON. */
const DAMAGED = Buffer.from("{\n");

const SPACE = 32;
const isBlank = (byte: number | undefined): boolean => byte === SPACE || byte === 9 || byte === LF || byte === CR;

function isAllBlank(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (!isBlank(bytes[at])) return false;
  return true;
}

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

  push(bytes: Buffer, into: RowBuffer): void {
    this.#cut(this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes, false, into);
  }

  end(into: RowBuffer): void {
    this.#cut(this.#rest, true, into);
  }

  #cut(all: Buffer, isLast: boolean, into: RowBuffer): void {
    const data = this.#begun ? all : withoutMark(all);
    this.#begun = true;
    let at = 0;
    while (at < data.length) {
      const found = data.indexOf(LF, at);
      const isOpen = found < 0 && !isLast;
      const end = found < 0 ? data.length : found;
      const isLong = end - at > LIMITS.row;
      if (isOpen && !isLong && !this.#skipping) break;
      if (!this.#skipping && (isLong || !isAllBlank(data, at, end))) {
        this.rows += 1;
        if (isLong) this.damaged += 1;
        if (isLong) into.add(DAMAGED);
        else into.add(data, at, end);
        if (!isLong) into.addByte(LF);
      }
      this.#skipping = isOpen;
      at = end + 1;
    }
    this.#rest = Buffer.from(data.subarray(Math.min(at, data.length)));
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
  /** Bytes of the element that came before, and whether it can still be one. */
  readonly #held = new RowBuffer();
  #length = 0;
  #isDamaged = false;

  /** @param isPart whether the list has begun, and is a part of something that goes on behind it. */
  constructor(isPart = false) {
    this.#isPart = isPart;
    this.#begun = isPart;
    if (isPart) this.#depth = 1;
  }

  push(all: Buffer, into: RowBuffer): void {
    const bytes = this.#begun ? all : withoutMark(all);
    this.#begun = true;
    let from = 0;
    for (let at = 0; at < bytes.length; at++) {
      if (this.#inText) at = this.#text(bytes, at);
      else if (!this.#stays(bytes[at] as number)) {
        this.#element(bytes.subarray(from, at), into);
        from = at + 1;
        if (this.#isPart && this.#depth < 0) {
          this.closedAt = from;
          return;
        }
      }
    }
    this.#keep(bytes.subarray(from));
  }

  end(): void {
    if (this.#depth >= 0) throw new Cut("the list in it has no end");
    if (!this.#isEmpty()) throw new Cut("something stands before or behind the list in it");
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
    if (this.#isDamaged) this.#held.at = 0;
    else this.#held.add(bytes);
  }

  #isEmpty(): boolean {
    return !this.#isDamaged && isAllBlank(this.#held.bytes, 0, this.#held.at);
  }

  /** Writes the element that ends with these bytes on a line of its own. */
  #element(last: Buffer, into: RowBuffer): void {
    if (this.#held.at > 0 || this.#isDamaged || this.#length + last.length > LIMITS.row) this.#keep(last);
    const isHeld = this.#held.at > 0 || this.#isDamaged;
    const line = isHeld ? this.#held.taken() : last;
    if (this.#isDamaged || !isAllBlank(line, 0, line.length)) {
      this.rows += 1;
      if (this.#isDamaged) this.damaged += 1;
      if (this.#isDamaged) into.add(DAMAGED);
      else addLine(line, into);
    }
    this.#held.at = 0;
    this.#length = 0;
    this.#isDamaged = false;
  }
}

/** Writes an element as one line: breaks in it stand between its parts, where a blank does as well. */
function addLine(line: Buffer, into: RowBuffer): void {
  into.reserve(line.length + 1);
  const { bytes } = into;
  let to = into.at;
  for (let at = 0; at < line.length; at++) {
    const byte = line[at] as number;
    bytes[to++] = byte === LF || byte === CR ? SPACE : byte;
  }
  bytes[to++] = LF;
  into.at = to;
}
