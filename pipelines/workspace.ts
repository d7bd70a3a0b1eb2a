import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** A folder of this process's own below `home`, readable by its user alone, gone when the work is done or has failed. */
export async function withWorkspace<T>(
  home: string,
  work: (folder: string) => Promise<T>,
  prefix = ".work-",
): Promise<T> {
  mkdirSync(home, { recursive: true });
  sweep(home, prefix);
  const folder = mkdtempSync(join(home, `${prefix}${process.pid}-`));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Removes what processes left behind that were killed. */
function sweep(home: string, prefix: string): void {
  for (const name of readdirSync(home)) {
    const pid = Number(name.startsWith(prefix) ? name.slice(prefix.length).split("-")[0] : Number.NaN);
    if (Number.isInteger(pid) && !isAlive(pid)) rmSync(join(home, name), { recursive: true, force: true });
  }
}

/** Whether there is a process of that id on this machine. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
