/** Seeded numbers that are addressed, not drawn: any worker can make those of any device, in any order. */

/**
 * A bijection of 32-bit numbers in which every bit of the result hangs on every bit of the argument (MurmurHash3's finaliser). Signed
 * numbers in, signed numbers out: beyond 2^31 JavaScript computes in floating point, which takes three times as long.
 */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** The same bijection for numbers from 0 to 2^32 - 1. */
export function mix32(value: number): number {
  return mix(value) >>> 0;
}

/** The inverse of {@link mix32}. */
export function unmix32(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x7ed1b41d);
  h = Math.imul(h ^ (h >>> 13) ^ (h >>> 26), 0xa5cb9243);
  return (h ^ (h >>> 16)) >>> 0;
}

const ONE_OF_ALL = 1 / 0x1_0000_0000;

const FNV_PRIME = 0x01000193;

/** FNV-1a over the UTF-16 units of a text, mixed: 32 bits. */
export function hashText(text: string, seed = 0): number {
  let h = (0x811c9dc5 ^ seed) >>> 0;
  for (let at = 0; at < text.length; at++) h = Math.imul(h ^ text.charCodeAt(at), FNV_PRIME);
  return mix32(h);
}

/** {@link hashText} of a text of ASCII alone, of its bytes. */
export function hashAscii(bytes: Uint8Array, from: number, to: number): number {
  let h = 0x811c9dc5 | 0;
  for (let at = from; at < to; at++) h = Math.imul(h ^ (bytes[at] as number), FNV_PRIME);
  return mix32(h);
}

/** {@link hashText} of a text and eight hexadecimal digits, of which no text is made. */
export function hexHasher(prefix: string, seed = 0): (number: number) => number {
  let begun = (0x811c9dc5 ^ seed) | 0;
  for (let at = 0; at < prefix.length; at++) begun = Math.imul(begun ^ prefix.charCodeAt(at), FNV_PRIME);
  return (number) => {
    let h = begun;
    for (let shift = 28; shift >= 0; shift -= 4) {
      const digit = (number >>> shift) & 15;
      h = Math.imul(h ^ (digit < 10 ? ZERO + digit : A - 10 + digit), FNV_PRIME);
    }
    return mix32(h);
  };
}
const [ZERO, A] = [0x30, 0x61];

/** Folds a seed of up to 53 bits into 32. */
export function seed32(seed: number): number {
  return mix32(mix32(seed % 0x1_0000_0000) ^ Math.floor(seed / 0x1_0000_0000));
}

/** What all seeded numbers about one thing (`index`) are drawn from: ask {@link bitsOf} and {@link unitOf} with it. */
export function sourceOf(seed: number, index: number): number {
  return mix(index ^ seed);
}

/** 32 bits of a source, as a signed number, for one question (`stream`). */
function bitsOf(source: number, stream: number): number {
  return mix(source + offsetOf(stream));
}

function offsetOf(stream: number): number {
  return Math.imul(stream + 1, 0x9e3779b1);
}

/** The same as a number from 0 (included) to 1 (excluded). */
export function unitOf(source: number, stream: number): number {
  return (bitsOf(source, stream) >>> 0) * ONE_OF_ALL;
}

/** {@link bitsOf} and {@link unitOf} of several streams at once, by their places in a list: a short loop, where each alone would be code of its own. */
export class Answers {
  readonly #offsets: Int32Array;
  readonly #bits: Int32Array;

  constructor(streams: readonly number[]) {
    this.#offsets = Int32Array.from(streams, offsetOf);
    this.#bits = new Int32Array(streams.length);
  }

  /** What is answered from now on is about the thing with this source. */
  ask(source: number): void {
    const offsets = this.#offsets;
    const bits = this.#bits;
    for (let place = 0; place < offsets.length; place++) bits[place] = mix(source + (offsets[place] as number));
  }

  bits(place: number): number {
    return this.#bits[place] as number;
  }

  unit(place: number): number {
    return ((this.#bits[place] as number) >>> 0) * ONE_OF_ALL;
  }
}

/** A bijection of the numbers below 2^22, keyed by the seed: four rounds of a Feistel network. */
export function permute22(value: number, seed: number): number {
  let left = value >>> 11;
  let right = value & 0x7ff;
  for (let round = 0; round < 4; round++) {
    const next = left ^ (bitsOf(sourceOf(seed, right), round) & 0x7ff);
    left = right;
    right = next;
  }
  return ((left << 11) | right) >>> 0;
}
