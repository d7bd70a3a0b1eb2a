import { readCopyField } from "../db/copy.ts";
import type { Class } from "../domain/judge.ts";

const SLOTS = 1 << 14;
const LONGEST = 24;

interface Entry {
  readonly bytes: Uint8Array;
  readonly found: Class;
}

/** Looks at a value as it stands in COPY's text, the bytes `from` to `to` of a buffer. */
export interface Classifier {
  of(bytes: Buffer, from: number, to: number): Class;
}

export type ClassOf = (raw: string | null) => Class;

/**
 * Classes of values by their bytes. A fleet reports few different values: nearly every one has been judged before, and then neither a text nor a
 * number is made of it (20 ns instead of 300). A value that falls on the place of another takes it.
 */
export class ClassCache implements Classifier {
  readonly #classOf: ClassOf;
  readonly #slots: (Entry | undefined)[] = new Array(SLOTS).fill(undefined);

  constructor(classOf: ClassOf) {
    this.#classOf = classOf;
  }

  of(bytes: Buffer, from: number, to: number): Class {
    if (to - from > LONGEST) return this.#classOf(readCopyField(bytes.toString("utf8", from, to)));
    let hash = 0;
    for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
    const slot = (hash ^ (hash >>> 14)) & (SLOTS - 1);
    const known = this.#slots[slot];
    if (known && isSame(known.bytes, bytes, from, to)) return known.found;
    const found = this.#classOf(readCopyField(bytes.toString("utf8", from, to)));
    this.#slots[slot] = { bytes: Uint8Array.from(bytes.subarray(from, to)), found };
    return found;
  }
}

function isSame(known: Uint8Array, bytes: Buffer, from: number, to: number): boolean {
  if (known.length !== to - from) return false;
  for (let no = 0; no < known.length; no++) if (known[no] !== bytes[from + no]) return false;
  return true;
}

/** For example 2026-03-02T17:45:00.000Z. */
const FORM = "dddd-dd-ddTdd:dd:dd.dddZ";
const HOUR = "dddd-dd-ddTdd".length;
const DIGIT = "d".charCodeAt(0);
const form = Buffer.from(FORM);

/**
 * Classes of times. Hardly two devices report at the same moment, but many in the same hour: where its first and its last millisecond are of
 * one class, so are all that lie between them, since rules about times only ask what is before and what is after.
 */
export class TimeClassCache implements Classifier {
  readonly #classOf: ClassOf;
  readonly #single: ClassCache;
  readonly #hours: ClassCache;
  /** Stands for hours that more than one class is in. */
  readonly #mixed: Class = { no: -1, held: [] };

  constructor(classOf: ClassOf) {
    this.#classOf = classOf;
    this.#single = new ClassCache(classOf);
    this.#hours = new ClassCache((hour) => this.#ofHour(hour ?? ""));
  }

  of(bytes: Buffer, from: number, to: number): Class {
    if (!isTime(bytes, from, to)) return this.#single.of(bytes, from, to);
    const found = this.#hours.of(bytes, from, from + HOUR);
    return found === this.#mixed ? this.#single.of(bytes, from, to) : found;
  }

  #ofHour(hour: string): Class {
    const [first, last] = [this.#classOf(`${hour}:00:00.000Z`), this.#classOf(`${hour}:59:59.999Z`)];
    return first === last ? first : this.#mixed;
  }
}

/** Whether it is of the form, with minutes and seconds that there are; what else makes a time is the same for all of an hour. */
function isTime(bytes: Buffer, from: number, to: number): boolean {
  if (to - from !== form.length) return false;
  for (let at = 0; at < form.length; at++) {
    const [byte, wanted] = [bytes[from + at] as number, form[at] as number];
    if (wanted === DIGIT ? byte < 0x30 || byte > 0x39 : byte !== wanted) return false;
  }
  return (bytes[from + HOUR + 1] as number) < 0x36 && (bytes[from + HOUR + 4] as number) < 0x36;
}
