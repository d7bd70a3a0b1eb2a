import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EXIT, SentinelError } from "../cli/errors.ts";

/** Runs the work while no other process builds this project: builds share one cache, and one would read the other's data. */
export async function withBuildLock<T>(projectRoot: string, work: () => Promise<T>): Promise<T> {
  const folder = join(projectRoot, "src", ".observablehq");
  const file = join(folder, "build.lock");
  await mkdir(folder, { recursive: true });
  await take(file);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string): Promise<void> {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      return await writeFile(file, String(process.pid), { flag: "wx" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const owner = Number(await readFile(file, "utf8").catch(() => "0"));
    if (isRunning(owner)) break;
    await rm(file, { force: true });
  }
  throw new SentinelError({
    exitCode: EXIT.site,
    cause: "Another build of this site is running.",
    remedy: "Wait until it has finished, then build again.",
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
