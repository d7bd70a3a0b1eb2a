import { ByteCache } from "../db/byte-cache.ts";
import { readCopyField } from "../db/copy.ts";
import type { Class } from "../domain/judge.ts";

const LONGEST = 24;

/** Looks at a value as it stands in COPY's text, the bytes `from` to `to` of a buffer. */
export interface Classifier {
  of(bytes: Buffer, from: number, to: number): Class;
}

export type ClassOf = (raw: string | null) => Class;

/**
 * Classes of values by their bytes. A fleet reports few different values: nearly every one has been judged before, and then neither a text nor a
 * number is made of it (20 ns instead of 300).
 */
export class ClassCache implements Classifier {
  readonly #classOf: ClassOf;
  readonly #known = new ByteCache<Class>();

  constructor(classOf: ClassOf) {
    this.#classOf = classOf;
  }

  of(bytes: Buffer, from: number, to: number): Class {
    if (to - from > LONGEST) return this.#classOf(readCopyField(bytes.toString("utf8", from, to)));
    const known = this.#known.get(bytes, from, to);
    return known ?? this.#known.put(bytes, from, to, this.#classOf(readCopyField(bytes.toString("utf8", from, to))));
  }
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
