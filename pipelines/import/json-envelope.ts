import { JsonList } from "./json-rows.ts";
import {
  BACKSLASH,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  Cut,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
  type RowBuffer,
  type RowCutter,
  withoutMark,
} from "./rows.ts";

/** Bytes of a name that are looked at. */
const LONGEST_NAME = 100;

/** Where in JSON one stands, byte by byte: how deep in lists and objects, and by which name in the outermost object. */
class Place {
  depth = 0;
  /** The text that ended last in the outermost object, and whether a colon stands behind it. */
  name = "";
  isNamed = false;
  #inText = false;
  #escaped = false;
  #text: number[] = [];

  step(byte: number): void {
    if (this.#inText) this.#inside(byte);
    else if (byte === QUOTE) {
      this.#inText = true;
      this.#text = [];
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) this.depth += 1;
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) this.depth -= 1;
    else if (byte === COLON && this.depth === 1) this.isNamed = true;
    else if (byte === COMMA && this.depth === 1) this.isNamed = false;
  }

  #inside(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) {
      this.#inText = false;
      if (this.depth === 1 && !this.isNamed) this.name = Buffer.from(this.#text).toString("utf8");
      return;
    }
    if (this.depth === 1 && this.#text.length < LONGEST_NAME) this.#text.push(byte);
  }
}

/** The elements of one list of each object in a file: what a vendor's tool gives page by page. What stands beside the list is passed over. */
export class JsonEnvelope implements RowCutter {
  #before = { rows: 0, damaged: 0 };
  readonly #name: string;
  readonly #place = new Place();
  #list: JsonList | undefined;
  #begun = false;

  constructor(name: string) {
    this.#name = name;
  }

  get rows(): number {
    return this.#before.rows + (this.#list?.rows ?? 0);
  }

  get damaged(): number {
    return this.#before.damaged + (this.#list?.damaged ?? 0);
  }

  push(all: Buffer, into: RowBuffer): void {
    const bytes = this.#begun ? all : withoutMark(all);
    this.#begun = true;
    for (let from = 0; from < bytes.length; ) {
      if (!this.#list) from = this.#skim(bytes, from);
      else {
        const list = this.#list;
        const rest = bytes.subarray(from);
        list.push(rest, into);
        from += list.closedAt ?? rest.length;
        if (list.closedAt !== undefined) this.#leave(list);
      }
    }
  }

  end(): void {
    this.#list?.end();
    if (this.#place.depth !== 0) throw new Cut("the object in it has no end");
  }

  /** Goes on to the list, or to the end of the bytes; returns the place behind. */
  #skim(bytes: Buffer, from: number): number {
    const place = this.#place;
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === OPEN_LIST && place.depth === 1 && place.isNamed && place.name === this.#name) {
        this.#list = new JsonList(true);
        return at + 1;
      }
      place.step(byte);
      if (place.depth < 0) throw new Cut("an object in it ends before it begins");
    }
    return bytes.length;
  }

  #leave({ rows, damaged }: JsonList): void {
    this.#before = { rows: this.#before.rows + rows, damaged: this.#before.damaged + damaged };
    this.#list = undefined;
  }
}

/** Objects one behind the other, each over as many lines as it likes. */
export class JsonObjects implements RowCutter {
  readonly #list = new JsonList(true);
  readonly #place = new Place();
  #begun = false;

  get rows(): number {
    return this.#list.rows;
  }

  get damaged(): number {
    return this.#list.damaged;
  }

  push(all: Buffer, into: RowBuffer): void {
    const bytes = this.#begun ? all : withoutMark(all);
    this.#begun = true;
    let from = 0;
    for (let at = 0; at < bytes.length; at++) {
      const { depth } = this.#place;
      this.#place.step(bytes[at] as number);
      if (this.#place.depth < 0) throw new Cut("an object in it ends before it begins");
      if (depth === 0 || this.#place.depth > 0) continue;
      this.#list.push(bytes.subarray(from, at + 1), into);
      this.#list.push(Buffer.of(COMMA), into);
      from = at + 1;
    }
    this.#list.push(bytes.subarray(from), into);
  }

  end(into: RowBuffer): void {
    if (this.#place.depth !== 0) throw new Cut("the object in it has no end");
    this.#list.push(Buffer.of(CLOSE_LIST), into);
    this.#list.end();
  }
}

/**
 * The name of the field of the first object that holds the rows, by the first bytes of a file: one of these names, with a list of objects
 * behind it.
 */
export function listIn(start: Buffer, names: readonly string[]): string | undefined {
  const place = new Place();
  const bytes = withoutMark(start);
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === OPEN_LIST && place.depth === 1 && place.isNamed && names.includes(place.name)) {
      const first = bytes.subarray(at + 1).find((next) => next > 32);
      if (first === OPEN_OBJECT || first === CLOSE_LIST) return place.name;
    }
    place.step(byte);
    if (place.depth <= 0 && byte === CLOSE_OBJECT) return undefined;
  }
  return undefined;
}

/** Whether the first object goes on behind its first line. */
export function isSpread(start: Buffer): boolean {
  const line = withoutMark(start).toString("utf8").trimStart().split("\n", 1)[0] ?? "";
  return line.startsWith("{") && !line.trimEnd().endsWith("}") && start.includes("\n");
}
