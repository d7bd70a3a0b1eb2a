import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { databaseError } from "./failure.ts";
import type { Seat } from "./home.ts";
import { commandLine, identify } from "./process.ts";

const POLL_MS = 5;
const FAST_STOP_MS = 120_000;
const HARD_STOP_MS = 15_000;
const ORPHANS_MS = 20_000;

/** A running server on our data folder. */
export interface Postmaster {
  readonly pid: number;
  /** 0 until it is known. */
  readonly port: number;
  readonly ready: boolean;
}

/** The server that runs on this data folder: the process in postmaster.pid, if it really is that. */
export function findPostmaster(seat: Seat): Postmaster | undefined {
  const lines = readLockFile(seat);
  const pid = Number(lines?.[0]);
  if (!lines || !isPostmaster(pid, seat)) return undefined;
  return { pid, port: Number(lines[3]) || 0, ready: lines[7]?.trim() === "ready" };
}

/**
 * Clears away what a killed server left: processes that still work on its folder, then its lock file, over which PostgreSQL refuses to start
 * where its number lives on in another process. Without that file PostgreSQL looks for such processes by shared memory alone, whose key is the
 * folder's inode, which a folder on another disk can share: so they have to be gone before.
 */
export async function clearAfterCrash(seat: Seat): Promise<void> {
  if (findPostmaster(seat)) return;
  const deadline = performance.now() + ORPHANS_MS;
  while (endOrphans(seat) > 0 && performance.now() < deadline) await pause(POLL_MS);
  rmSync(lockFile(seat), { force: true });
}

export function isPostmaster(pid: number, seat: Seat): boolean {
  if (!identify(pid)) return false;
  if (process.platform === "win32") return true;
  const [program = "", ...words] = commandLine(pid).split("\0");
  if (process.platform !== "linux") return program.includes("postgres") && program.includes(seat.data);
  if (basename(program) !== "postgres") return false;
  return words[words.indexOf("-D") + 1] === seat.data || worksIn(pid, seat.data);
}

/** True also after the project was moved: the server then has its old path in its command line. */
function worksIn(pid: number, folder: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder);
  } catch {
    return false;
  }
}

const STOPS = [
  ["SIGINT", FAST_STOP_MS],
  ["SIGQUIT", HARD_STOP_MS],
] as const;

/**
 * Stops the server: its sessions are ended, what they committed is on disk.
 * @param atOnce without the checkpoint, which spares the next start its recovery.
 */
export async function stopPostmaster(seat: Seat, postmaster: Postmaster, atOnce = false): Promise<void> {
  for (const [signal, patience] of STOPS.slice(atOnce ? 1 : 0)) {
    if (!isPostmaster(postmaster.pid, seat)) return;
    process.kill(postmaster.pid, signal);
    const deadline = performance.now() + patience;
    while (performance.now() < deadline) {
      if (!identify(postmaster.pid)) return;
      await pause(POLL_MS);
    }
  }
  throw databaseError(
    `The embedded server (process ${postmaster.pid}) does not stop.`,
    "End it by hand; the next start recovers what was committed.",
    `kill -9 ${postmaster.pid}`,
  );
}

/**
 * Tells what a killed server left working on the data folder to end: a busy backend doesn't notice by itself. Their work is lost with the
 * server in any case. Linux only; elsewhere PostgreSQL waits for them. Returns how many there are.
 */
function endOrphans(seat: Seat): number {
  if (process.platform !== "linux") return 0;
  const orphans = readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 1 && worksIn(pid, seat.data) && commandLine(pid).startsWith("postgres:"));
  for (const pid of orphans) signalIfThere(pid, "SIGQUIT");
  return orphans.length;
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** The lines of postmaster.pid: pid, data folder, start time, port, socket folder, address, shared memory, status. */
function readLockFile(seat: Seat): string[] | undefined {
  const file = lockFile(seat);
  if (!existsSync(file)) return undefined;
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

const lockFile = (seat: Seat): string => join(seat.data, "postmaster.pid");
