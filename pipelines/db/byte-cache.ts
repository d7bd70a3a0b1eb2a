const SLOTS = 1 << 14;
const FNV_PRIME = 0x01000193;

/**
 * What was found for bytes that come again and again, without a text made of them. Each key has one place, and the last that came there
 * stays: who chooses keys that share one gains nothing but a search each time.
 */
export class ByteCache<V> {
  readonly #keys: (Buffer | undefined)[] = new Array(SLOTS).fill(undefined);
  readonly #values: (V | undefined)[] = new Array(SLOTS).fill(undefined);

  get(bytes: Buffer, from: number, to: number): V | undefined {
    const slot = slotOf(bytes, from, to);
    const key = this.#keys[slot];
    return key && isAt(key, bytes, from, to) ? this.#values[slot] : undefined;
  }

  put(bytes: Buffer, from: number, to: number, value: V): V {
    const slot = slotOf(bytes, from, to);
    this.#keys[slot] = Buffer.from(bytes.subarray(from, to));
    this.#values[slot] = value;
    return value;
  }
}

function slotOf(bytes: Buffer, from: number, to: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] as number), FNV_PRIME);
  return (hash ^ (hash >>> 16)) & (SLOTS - 1);
}

function isAt(key: Buffer, bytes: Buffer, from: number, to: number): boolean {
  if (key.length !== to - from) return false;
  for (let at = 0; at < key.length; at++) if (key[at] !== bytes[from + at]) return false;
  return true;
}
