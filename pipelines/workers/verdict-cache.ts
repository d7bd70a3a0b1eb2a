import { readCopyField } from "../db/copy.ts";
import type { Verdict } from "../domain/judge.ts";

const SLOTS = 1 << 14;
const LONGEST = 24;

interface Entry {
  readonly bytes: Uint8Array;
  readonly verdict: Verdict;
}

/**
 * Verdicts on values as they stand in COPY's text, by their bytes. A fleet reports few different values: nearly every one has been judged
 * before, and then neither a text nor a number is made of it (20 ns instead of 300). A value that falls on the place of another takes it.
 */
export class VerdictCache {
  readonly #judge: (raw: string | null) => Verdict;
  readonly #slots: (Entry | undefined)[] = new Array(SLOTS).fill(undefined);

  constructor(judge: (raw: string | null) => Verdict) {
    this.#judge = judge;
  }

  of(bytes: Buffer, from: number, to: number): Verdict {
    if (to - from > LONGEST) return this.#judge(readCopyField(bytes.toString("utf8", from, to)));
    let hash = 0;
    for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
    const slot = (hash ^ (hash >>> 14)) & (SLOTS - 1);
    const known = this.#slots[slot];
    if (known && isSame(known.bytes, bytes, from, to)) return known.verdict;
    const verdict = this.#judge(readCopyField(bytes.toString("utf8", from, to)));
    this.#slots[slot] = { bytes: Uint8Array.from(bytes.subarray(from, to)), verdict };
    return verdict;
  }
}

function isSame(known: Uint8Array, bytes: Buffer, from: number, to: number): boolean {
  if (known.length !== to - from) return false;
  for (let no = 0; no < known.length; no++) if (known[no] !== bytes[from + no]) return false;
  return true;
}
