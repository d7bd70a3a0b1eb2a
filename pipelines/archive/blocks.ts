import { createHash } from "node:crypto";
import { open } from "node:fs/promises";

/** Bytes of a file that have a hash of their own, so that damage is told with its place. */
export const BLOCK_BYTES = 1 << 20;

/** What a file holds: its bytes, and the SHA-256, hexadecimal, of all of them and of each block. */
export interface Fingerprint {
  readonly bytes: number;
  readonly sha256: string;
  readonly blocks: readonly string[];
}

/** Reads a file block by block; never more than one is in memory. */
export async function fingerprint(file: string, signal: AbortSignal): Promise<Fingerprint> {
  const handle = await open(file);
  try {
    const whole = createHash("sha256");
    const blocks: string[] = [];
    const buffer = Buffer.allocUnsafe(BLOCK_BYTES);
    let bytes = 0;
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, 0, BLOCK_BYTES, bytes);
      if (bytesRead === 0) return { bytes, sha256: whole.digest("hex"), blocks };
      const block = buffer.subarray(0, bytesRead);
      whole.update(block);
      blocks.push(createHash("sha256").update(block).digest("hex"));
      bytes += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

/** Bytes `from` to `to` (the first that is whole again) of a file. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Where a file of the right length is not what it was: blocks next to each other are one place. */
export function damagedRanges(found: Fingerprint, expected: Fingerprint): Range[] {
  const ranges: Range[] = [];
  for (const [at, hash] of expected.blocks.entries()) {
    if (found.blocks[at] === hash) continue;
    const from = at * BLOCK_BYTES;
    const to = Math.min(expected.bytes, from + BLOCK_BYTES);
    const last = ranges.at(-1);
    if (last?.to === from) ranges[ranges.length - 1] = { from: last.from, to };
    else ranges.push({ from, to });
  }
  return ranges;
}
