import { existsSync } from "node:fs";
import { readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { EXIT, SentinelError } from "../cli/errors.ts";

/** The folder that a site is built in before it takes the place of the former one: beside it, so that a rename suffices. */
export const nextFolder = (outDir: string): string => `${outDir}.next-${process.pid}`;

/** Refuses to replace a folder that holds anything but a site. */
export async function assertReplaceable(outDir: string): Promise<void> {
  const names: string[] = await readdir(outDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  if (names.length === 0 || names.includes("_observablehq")) return;
  throw new SentinelError({
    exitCode: EXIT.site,
    cause: `The folder ${basename(outDir)} holds files that are not a site, so it is not replaced.`,
    remedy: "Move those files away, or remove the folder, and build again.",
    command: "npm run build",
  });
}

/** Puts the new site where the former one was. If that fails half-way, the former one comes back. */
export async function swapIn(next: string, outDir: string): Promise<void> {
  const former = join(dirname(outDir), `${basename(outDir)}.former-${process.pid}`);
  await rm(former, { recursive: true, force: true });
  const replaces = existsSync(outDir);
  if (replaces) await rename(outDir, former);
  try {
    await rename(next, outDir);
  } catch (error) {
    if (replaces) await rename(former, outDir);
    throw error;
  }
  await rm(former, { recursive: true, force: true });
}
