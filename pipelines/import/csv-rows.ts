import { isUtf8 } from "node:buffer";
import { LIMITS } from "./limits.ts";
import { CR, LF, QUOTE, type RowBuffer, type RowCutter, withoutMark } from "./rows.ts";

const NOTHING = Buffer.alloc(0);

/** Why a row can't be read, as it is told to the user. */
export const DAMAGE = {
  short: "it has fewer columns than the first line",
  long: "it has more columns than the first line",
  quote: "a quote in it does not end where a value ends",
  utf8: "it is not UTF-8",
  size: "it is longer than 2,000,000 bytes",
} as const;
type Damage = keyof typeof DAMAGE;

/** Where a value lies in the bytes, quotes included. */
type Span = readonly [from: number, to: number];
/** A row: its values and where the next one begins; how it is damaged; nothing where its end is not there yet. */
type Row = { readonly values: readonly Span[]; readonly next: number } | Damage | undefined;

/**
 * The rows of a CSV by RFC 4180, with LF or CRLF at their ends and empty lines passed over. Each is written with a column in front, which
 * is empty, or says how the row is damaged; the damaged one ends with its line and has no values. In a value without quotes around it a
 * quote is a character like any other.
 */
export class CsvRows implements RowCutter {
  rows = 0;
  damaged = 0;
  /** The names in the first line, once it is there. */
  names: readonly string[] | undefined;
  /** How the first line is damaged. */
  headDamage: string | undefined;
  readonly #delimiter: number;
  #rest: Buffer = NOTHING;
  #begun = false;
  /** In a line that is too long, whose rest is passed over. */
  #skipping = false;

  constructor(delimiter: string) {
    this.#delimiter = delimiter.charCodeAt(0);
  }

  push(bytes: Buffer, into: RowBuffer): void {
    const data = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    this.#cut(this.#begun ? data : withoutMark(data), false, into);
  }

  end(into: RowBuffer): void {
    this.#cut(this.#rest, true, into);
  }

  #cut(data: Buffer, isLast: boolean, into: RowBuffer): void {
    this.#begun = true;
    let at = this.#skipping ? this.#skip(data, 0) : 0;
    const whole = data.lastIndexOf(LF) + 1;
    const isClean = whole > at && isUtf8(data.subarray(at, whole));
    while (at < data.length) {
      if (isClean && this.names !== undefined) at = this.#plainRows(data, at, whole, into);
      if (at >= data.length) break;
      const line = lineEnd(data, at, isLast);
      if (line === undefined && data.length - at <= LIMITS.row) break;
      const row = line === undefined || line.to - at > LIMITS.row ? "size" : this.#row(data, at, line, isLast);
      if (row === undefined) break;
      if (typeof row === "string") {
        this.#damaged(row, into);
        at = line?.next ?? this.#skip(data, at);
      } else {
        this.#take(data, at, row.values, into);
        at = row.next;
      }
    }
    this.#rest = Buffer.from(data.subarray(at));
  }

  /**
   * Copies rows as they stand, as long as there is nothing about them: no quote, no carriage return but at the end, as many columns as the
   * first line, a length that may be. Returns where the first one begins that is not so, or `whole`.
   */
  #plainRows(data: Buffer, from: number, whole: number, into: RowBuffer): number {
    const columns = this.names?.length ?? 0;
    const delimiter = this.#delimiter;
    // At most two bytes for each that is there: an empty value takes one, and every row gets one more.
    into.reserve(2 * (whole - from));
    const { bytes } = into;
    let to = into.at;
    for (let begin = from; begin < whole; ) {
      let out = to;
      let found = 1;
      let at = begin;
      bytes[out++] = delimiter;
      for (let byte = data[at]; byte !== LF && byte !== CR && byte !== QUOTE; byte = data[++at]) {
        if (byte === delimiter) found += 1;
        bytes[out++] = byte as number;
      }
      const end = data[at] === CR ? at + 1 : at;
      const isEmpty = at === begin;
      if (data[end] !== LF || (!isEmpty && (found !== columns || at - begin > LIMITS.row))) {
        into.at = to;
        return begin;
      }
      begin = end + 1;
      if (isEmpty) continue;
      bytes[out++] = LF;
      to = out;
      this.rows += 1;
    }
    into.at = to;
    return whole;
  }

  #skip(data: Buffer, at: number): number {
    const end = data.indexOf(LF, at);
    this.#skipping = end < 0;
    return end < 0 ? data.length : end + 1;
  }

  #row(data: Buffer, at: number, line: Line, isLast: boolean): Row {
    const quote = data.subarray(at, line.to).indexOf(QUOTE);
    const row =
      quote < 0 ? { values: this.#plain(data, at, line.to), next: line.next } : this.#quoted(data, at, line, isLast);
    if (typeof row !== "object") return row;
    return isUtf8(data.subarray(at, row.values.at(-1)?.[1])) ? row : "utf8";
  }

  /** The values of a line without a quote. */
  #plain(data: Buffer, from: number, to: number): Span[] {
    const values: Span[] = [];
    let begin = from;
    for (let at = from; at < to; at++) {
      if (data[at] !== this.#delimiter) continue;
      values.push([begin, at]);
      begin = at + 1;
    }
    values.push([begin, to]);
    return values;
  }

  #quoted(data: Buffer, from: number, first: Line, isLast: boolean): Row {
    const values: Span[] = [];
    let line: Line | undefined = first;
    for (let at = from; ; ) {
      const end: number | undefined = data[at] === QUOTE ? closing(data, at) : this.#unquotedEnd(data, at, line);
      if (end === undefined || end - from > LIMITS.row)
        return isLast || data.length - from > LIMITS.row ? "quote" : undefined;
      // Looked for once a line: a value at a time would take a hostile line's length for each of its values.
      if (end > (line?.to ?? data.length)) line = lineEnd(data, end, isLast);
      values.push([at, end]);
      if (data[end] === this.#delimiter) at = end + 1;
      else if (line === undefined) return data.length - from > LIMITS.row ? "quote" : undefined;
      else return end === line.to ? { values, next: line.next } : "quote";
    }
  }

  #unquotedEnd(data: Buffer, from: number, line: Line | undefined): number | undefined {
    const end = data.subarray(from, line?.to).indexOf(this.#delimiter);
    return end < 0 ? line?.to : from + end;
  }

  #damaged(damage: Damage, into: RowBuffer): void {
    if (this.names === undefined) {
      this.names = [];
      this.headDamage = DAMAGE[damage];
      return;
    }
    this.rows += 1;
    this.damaged += 1;
    const empty = String.fromCharCode(this.#delimiter).repeat(this.names.length);
    into.add(Buffer.from(`"${DAMAGE[damage]}"${empty}\n`));
  }

  #take(data: Buffer, from: number, values: readonly Span[], into: RowBuffer): void {
    const to = values.at(-1)?.[1] ?? from;
    if (to === from) return; // An empty line.
    if (this.names === undefined) {
      this.names = values.map((span) => textOf(data, span));
      return;
    }
    const more = values.length - this.names.length;
    if (more !== 0) {
      this.#damaged(more < 0 ? "short" : "long", into);
      return;
    }
    this.rows += 1;
    into.addByte(this.#delimiter);
    if (values.every((span) => isClear(data, span))) into.add(data, from, to);
    else into.add(Buffer.from(values.map((span) => quotedAnew(data, span)).join(String.fromCharCode(this.#delimiter))));
    into.addByte(LF);
  }
}

interface Line {
  readonly to: number;
  readonly next: number;
}

/** Where the line ends and where the next one begins; nothing where its end is not there yet. */
function lineEnd(data: Buffer, from: number, isLast: boolean): Line | undefined {
  const end = data.indexOf(LF, from);
  if (end < 0 && !isLast) return undefined;
  const last = end < 0 ? data.length : end;
  return { to: last > from && data[last - 1] === CR ? last - 1 : last, next: end < 0 ? data.length : end + 1 };
}

/** The place behind a value in quotes; nothing where the bytes end before it does. */
function closing(data: Buffer, from: number): number | undefined {
  for (let at = from + 1; ; at += 2) {
    at = data.indexOf(QUOTE, at);
    if (at < 0) return undefined;
    if (data[at + 1] !== QUOTE) return at + 1;
  }
}

/** Whether every reader takes the value for the same: a quote or a carriage return stands in quotes alone. */
function isClear(data: Buffer, [from, to]: Span): boolean {
  if (data[from] === QUOTE) return true;
  for (let at = from; at < to; at++) if (data[at] === QUOTE || data[at] === CR) return false;
  return true;
}

function quotedAnew(data: Buffer, span: Span): string {
  const text = data.toString("utf8", ...span);
  return isClear(data, span) ? text : `"${text.replaceAll('"', '""')}"`;
}

function textOf(data: Buffer, [from, to]: Span): string {
  return data[from] === QUOTE
    ? data.toString("utf8", from + 1, to - 1).replaceAll('""', '"')
    : data.toString("utf8", from, to);
}
