import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { count } from "../cli/format.ts";
import { LIMITS } from "./limits.ts";
import { Cut } from "./rows.ts";
import { type SourceFile, unreadable } from "./source-file.ts";
import { unusable } from "./unusable.ts";

/** Bytes that are read at a time. */
export const CHUNK = 1 << 20;

/** Takes a file piece by piece,. */
export interface Taker {
  /** @param bytes another piece takes their place afterwards. */
  push(bytes: Buffer): Promise<void> | void;
  /** @throws Cut where the file cannot end here. */
  end(): Promise<void> | void;
  /** What it took so far. */
  taken(): { readonly rows: number; readonly damaged: number };
}

/**
 * Reads the file once, whatever its size in little memory. Returns its SHA-256, hexadecimal.
 * @throws SentinelError exit 2 where it is above a limit, or damaged as a whole.
 */
export async function pour(source: SourceFile, taker?: Taker): Promise<string> {
  const hash = createHash("sha256");
  try {
    await feed(source, source.file, {
      async push(chunk) {
        hash.update(chunk);
        await taker?.push(chunk);
      },
      end: () => taker?.end(),
      taken: () => taker?.taken() ?? { rows: 0, damaged: 0 },
    });
  } catch (error) {
    if (error instanceof Cut) throw damaged(source, error.message);
    throw (error as NodeJS.ErrnoException).syscall ? unreadable(source.file, error) : error;
  }
  return hash.digest("hex");
}

/** Reads what was made of the file. @throws SentinelError exit 2 where it is above a limit. */
export async function feed(source: SourceFile, place: string, taker: Taker): Promise<void> {
  const handle = await open(place);
  try {
    const chunk = Buffer.allocUnsafeSlow(CHUNK);
    for (;;) {
      const { bytesRead } = await handle.read(chunk, 0, CHUNK);
      if (bytesRead === 0) break;
      await taker.push(chunk.subarray(0, bytesRead));
      hold(source, taker);
    }
  } finally {
    await handle.close();
  }
  await taker.end();
  hold(source, taker);
}

function hold({ file }: SourceFile, taker: Taker): void {
  const { rows, damaged: bad } = taker.taken();
  if (rows > LIMITS.rows) throw tooMany(file, `it has more than ${count(LIMITS.rows)} rows`);
  if (bad > LIMITS.rejects) throw tooMany(file, `more than ${count(LIMITS.rejects)} of its rows can't be stored`);
}

export const tooMany = (file: string, what: string): Error =>
  unusable(file, what, "Look whether it is a fleet; import it in parts.");

export function damaged({ file, format }: SourceFile, what: string): Error {
  return unusable(file, `it is damaged or no ${format}: ${what}`, "Correct the file; nothing was stored.");
}
