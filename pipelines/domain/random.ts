/** Seeded numbers that are addressed, not drawn: any worker can make those of any device, in any order. */

/** A bijection of 32-bit numbers in which every bit of the result hangs on every bit of the argument (MurmurHash3's finaliser). */
export function mix32(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The inverse of {@link mix32}. */
export function unmix32(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x7ed1b41d);
  h = Math.imul(h ^ (h >>> 13) ^ (h >>> 26), 0xa5cb9243);
  return (h ^ (h >>> 16)) >>> 0;
}

/** FNV-1a over the UTF-16 units of a text, mixed: 32 bits. */
export function hashText(text: string, seed = 0): number {
  let h = (0x811c9dc5 ^ seed) >>> 0;
  for (let at = 0; at < text.length; at++) h = Math.imul(h ^ text.charCodeAt(at), 0x01000193);
  return mix32(h);
}

/** Folds a seed of up to 53 bits into 32. */
export function seed32(seed: number): number {
  return mix32(mix32(seed % 0x1_0000_0000) ^ Math.floor(seed / 0x1_0000_0000));
}

/** 32 seeded bits for one question (`stream`) about one thing (`index`). */
export function bits(seed: number, index: number, stream: number): number {
  return mix32(mix32(index ^ seed) + Math.imul(stream + 1, 0x9e3779b1));
}

/** The same as a number from 0 (included) to 1 (excluded). */
export function unit(seed: number, index: number, stream: number): number {
  return bits(seed, index, stream) / 0x1_0000_0000;
}

/** A bijection of the numbers below 2^22, keyed by the seed: four rounds of a Feistel network. */
export function permute22(value: number, seed: number): number {
  let left = value >>> 11;
  let right = value & 0x7ff;
  for (let round = 0; round < 4; round++) {
    const next = left ^ (bits(seed, right, round) & 0x7ff);
    left = right;
    right = next;
  }
  return ((left << 11) | right) >>> 0;
}
