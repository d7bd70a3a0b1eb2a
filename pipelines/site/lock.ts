import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { EXIT, SentinelError } from "../cli/errors.ts";

/** How long to wait for another build, which takes seconds, and how often to look. */
const PATIENCE_MS = 120_000;
const POLL_MS = 200;

/**
 * Runs the work while no other process builds this project: builds share one cache, and one would read the other's data. Waits
 * for a build that is under way; the lock of one that was killed is taken over.
 */
export async function withBuildLock<T>(
  projectRoot: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const folder = join(projectRoot, "src", ".observablehq");
  const file = join(folder, "build.lock");
  await mkdir(folder, { recursive: true });
  await take(file, signal);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string, signal: AbortSignal | undefined): Promise<void> {
  for (let waited = 0; waited < PATIENCE_MS; ) {
    try {
      return await writeFile(file, String(process.pid), { flag: "wx" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    // A lock without a number was made this very moment.
    const owner = await readFile(file, "utf8").catch(() => "");
    if (owner !== "" && !isRunning(Number(owner))) await rm(file, { force: true });
    else {
      await setTimeout(POLL_MS, undefined, { signal });
      waited += POLL_MS;
    }
  }
  throw new SentinelError({
    exitCode: EXIT.site,
    cause: "Another build of this site has been running for two minutes.",
    remedy: "Wait until it has finished, or end it, then build again.",
    command: "npm run build",
  });
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
