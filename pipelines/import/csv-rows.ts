import { isUtf8 } from "node:buffer";
import { LIMITS } from "./limits.ts";
import { CR, LF, QUOTE, withoutMark } from "./rows.ts";

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
export type Span = readonly [from: number, to: number];
/** A row: its values and where the next one begins; how it is damaged; nothing where its end is not there yet. */
type Row = { readonly values: readonly Span[]; readonly next: number } | Damage | undefined;

/** What becomes of the rows of a CSV. */
export interface CsvSink {
  /** A row of bytes that mean themselves: no quote is in it. Its values end at these places, and the next begins one further. */
  plain(data: Buffer, from: number, ends: Int32Array): void;
  values(data: Buffer, values: readonly Span[]): void;
  damaged(reason: string): void;
}

/** The first line: the names of the columns, or how it is damaged. */
export interface CsvHead {
  readonly names: readonly string[];
  readonly damage?: string;
}

/**
 * Cuts a CSV into rows by RFC 4180 as its bytes come in, with LF or CRLF at their ends and empty lines passed over. A damaged row ends with
 * its line and has no values. In a value without quotes around it a quote is a character like any other.
 */
export class CsvRows {
  /** Rows so far, damaged ones included. */
  rows = 0;
  damaged = 0;
  readonly #delimiter: number;
  readonly #begin: (head: CsvHead) => CsvSink;
  /** Once the first line is there. */
  #sink: CsvSink | undefined;
  /** Where the values of a row end that has as many as the first line. */
  #ends = new Int32Array(0);
  #rest: Buffer = NOTHING;
  #begun = false;
  /** In a line that is too long, whose rest is passed over. */
  #skipping = false;

  /** @param begin is told the first line, or that there is none, and says where the rows go. */
  constructor(delimiter: string, begin: (head: CsvHead) => CsvSink) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#begin = begin;
  }

  /** @param bytes are not kept. */
  push(bytes: Buffer): void {
    if (this.#rest.length === 0) {
      this.#cut(this.#begun ? bytes : withoutMark(bytes), false);
      return;
    }
    // The row that began before is put together by itself: the others need not be copied for it.
    const line = bytes.indexOf(LF) + 1;
    this.#cut(Buffer.concat([this.#rest, bytes.subarray(0, line)]), false);
    const more = bytes.subarray(line);
    this.#cut(this.#rest.length === 0 ? more : Buffer.concat([this.#rest, more]), false);
  }

  /** Takes the rest, once the file is at its end. */
  end(): void {
    this.#cut(this.#rest, true);
    if (!this.#sink) this.#head({ names: [] });
  }

  #head(head: CsvHead): void {
    this.#ends = new Int32Array(head.names.length);
    this.#sink = this.#begin(head);
  }

  #cut(data: Buffer, isLast: boolean): void {
    this.#begun = true;
    let at = this.#skipping ? this.#skip(data, 0) : 0;
    const whole = data.lastIndexOf(LF) + 1;
    const isClean = whole > at && isUtf8(data.subarray(at, whole));
    while (at < data.length) {
      if (isClean && this.#sink) at = this.#plainRows(this.#sink, data, at, whole);
      if (at >= data.length) break;
      const line = lineEnd(data, at, isLast);
      if (line === undefined && data.length - at <= LIMITS.row) break;
      const row = line === undefined || line.to - at > LIMITS.row ? "size" : this.#row(data, at, line, isLast);
      if (row === undefined) break;
      if (typeof row === "string") {
        this.#damaged(row);
        at = line?.next ?? this.#skip(data, at);
      } else {
        this.#take(data, at, row.values);
        at = row.next;
      }
    }
    this.#rest = Buffer.from(data.subarray(at));
  }

  /**
   * Hands rows over as they stand, as long as there is nothing about them: no quote, no carriage return but at the end, as many columns as the
   * first line, a length that may be. Returns where the first one begins that is not so, or `whole`.
   */
  #plainRows(sink: CsvSink, data: Buffer, from: number, whole: number): number {
    const ends = this.#ends;
    const delimiter = this.#delimiter;
    for (let begin = from; begin < whole; ) {
      let found = 0;
      let at = begin;
      for (let byte = data[at]; byte !== LF && byte !== CR && byte !== QUOTE; byte = data[++at]) {
        if (byte !== delimiter) continue;
        if (found === ends.length) return begin;
        ends[found++] = at;
      }
      const end = data[at] === CR ? at + 1 : at;
      if (data[end] !== LF) return begin;
      if (at > begin) {
        if (found !== ends.length - 1 || at - begin > LIMITS.row) return begin;
        ends[found] = at;
        sink.plain(data, begin, ends);
        this.rows += 1;
      }
      begin = end + 1;
    }
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

  #damaged(damage: Damage): void {
    if (!this.#sink) {
      this.#head({ names: [], damage: DAMAGE[damage] });
      return;
    }
    this.rows += 1;
    this.damaged += 1;
    this.#sink.damaged(DAMAGE[damage]);
  }

  #take(data: Buffer, from: number, values: readonly Span[]): void {
    if (values.at(-1)?.[1] === from) return; // An empty line.
    if (!this.#sink) {
      this.#head({ names: values.map((span) => textOf(data, span)) });
      return;
    }
    const more = values.length - this.#ends.length;
    if (more !== 0) {
      this.#damaged(more < 0 ? "short" : "long");
      return;
    }
    this.rows += 1;
    this.#sink.values(data, values);
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

function textOf(data: Buffer, [from, to]: Span): string {
  return data[from] === QUOTE
    ? data.toString("utf8", from + 1, to - 1).replaceAll('""', '"')
    : data.toString("utf8", from, to);
}
