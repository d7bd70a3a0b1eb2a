import type { ChildProcess } from "node:child_process";
import { closeSync, existsSync, fstatSync, openSync, renameSync, statfsSync, statSync } from "node:fs";
import { totalmem } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import type { ClusterNeeds } from "./cluster.ts";
import { programFailure, writtenSince } from "./failure.ts";
import { choosePort, LOOPBACK } from "./port.ts";
import { clearAfterCrash, findPostmaster, type Postmaster, stopPostmaster } from "./postmaster.ts";
import { spawnProgram } from "./program.ts";

const POLL_MS = 4;
const HELD_RETRY_MS = 25;
const HELD_PATIENCE_MS = 20_000;
/** Doubled each time. */
const NOTE_AFTER_MS = 3_000;
const LOG_LIMIT_BYTES = 10_000_000;
/** Below this, parallel queries run out of POSIX shared memory; Docker gives 64 MB. */
const SHARED_MEMORY_BYTES = 256_000_000;

export type Settings = Readonly<Record<string, string>>;

const MB = 1024 ** 2;
const FEWEST_BUFFERS_MB = 256;
const MOST_BUFFERS_MB = 4096;

/** Measured: see docs/performance.md. Everything that makes a commit durable stays on. */
const SETTINGS: Settings = {
  max_wal_size: "8GB",
  checkpoint_timeout: "15min",
  maintenance_work_mem: "256MB",
  work_mem: "16MB",
  random_page_cost: "1.1",
  wal_compression: "off",
  max_connections: "100",
  fsync: "on",
  synchronous_commit: "on",
  password_encryption: "scram-sha-256",
  timezone: "UTC",
  jit: "off",
};

export interface StartNeeds extends ClusterNeeds {
  readonly settings: Settings;
}

/** Starts the server on the data folder, on a port that is free, and waits until it takes connections. */
export async function startPostmaster(needs: StartNeeds): Promise<Postmaster> {
  const refused = new Set<number>();
  const heldUntil = performance.now() + HELD_PATIENCE_MS;
  let asked = needs;
  for (;;) {
    await clearAfterCrash(needs.seat);
    const port = await choosePort(needs.home, refused);
    const attempt = await tryStart(asked, port);
    if ("pid" in attempt) return attempt;
    if (/could not (bind|create any TCP\/IP sockets)|Address already in use/.test(attempt.output) && refused.size < 5) {
      refused.add(port);
    } else if (isHeld(attempt.output) && performance.now() < heldUntil) {
      await pause(HELD_RETRY_MS, undefined, needs.signal ? { signal: needs.signal } : {});
    } else if (asked === needs && attempt.output.includes("could not map anonymous shared memory")) {
      // Where the system promises only memory that it has, what is free now may be less than the machine's size tells.
      asked = { ...needs, settings: { ...needs.settings, shared_buffers: sharedBuffers(0) } };
    } else {
      throw programFailure("The embedded database could not be started.", attempt.output, needs.home.log);
    }
  }
}

/** A killed server's last processes hold on to its memory for a moment. */
function isHeld(output: string): boolean {
  return /pre-existing shared memory block|lock file "postmaster.pid" (already exists|is empty)/.test(output);
}

async function tryStart(needs: StartNeeds, port: number): Promise<Postmaster | { output: string }> {
  rotateLog(needs.home.log);
  const log = openSync(needs.home.log, "a", 0o600);
  const offset = fstatSync(log).size;
  const { postgres } = needs.binaries;
  let child: ChildProcess;
  try {
    child = spawnProgram(needs.seat, postgres, serverArguments(needs, port), ["ignore", log, log]);
  } finally {
    closeSync(log);
  }
  let failure: string | undefined;
  child.once("error", (error) => {
    failure = `${error.message}\n`;
  });
  const ended = () => failure !== undefined || child.exitCode !== null || child.signalCode !== null;
  const said = () => `${failure ?? ""}${writtenSince(needs.home.log, offset)}`;
  const postmaster = await untilReady(needs, child, ended, said);
  child.unref();
  return postmaster ?? { output: said() };
}

/** Undefined when it ended, or can't go on. */
async function untilReady(
  needs: StartNeeds,
  child: ChildProcess,
  ended: () => boolean,
  said: () => string,
): Promise<Postmaster | undefined> {
  let patience = NOTE_AFTER_MS;
  let noteAt = performance.now() + patience;
  while (!ended()) {
    const postmaster = findPostmaster(needs.seat);
    if (postmaster?.ready && postmaster.pid === child.pid) return postmaster;
    const late = performance.now() > noteAt;
    // With a full disk it can't even write down that it is ready.
    const full = late && /No space left on device|Disk quota exceeded/.test(said());
    if (full || needs.signal?.aborted) {
      if (postmaster) await stopPostmaster(needs.seat, postmaster);
      else child.kill("SIGQUIT");
      needs.signal?.throwIfAborted();
      return undefined;
    }
    if (late) {
      needs.note("The embedded database is starting; after a crash it first replays what was committed.");
      patience *= 2;
      noteAt += patience;
    }
    await pause(POLL_MS);
  }
  return undefined;
}

function serverArguments(needs: StartNeeds, port: number): string[] {
  const settings: Settings = {
    ...SETTINGS,
    shared_buffers: sharedBuffers(),
    ...sharedMemory(),
    ...needs.settings,
    listen_addresses: LOOPBACK,
    unix_socket_directories: "",
    port: String(port),
  };
  return ["-D", needs.seat.data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
}

/**
 * `shared_buffers` by the memory of the machine, or of the container: an eighth, from 256 MB to 4 GB. The server takes no more than it fills; from four times
 * a table's size on, PostgreSQL lets a table that is read as a whole stay there.
 * @param memory in bytes.
 */
export function sharedBuffers(memory: number = memoryLimit()): string {
  const share = Math.floor(memory / 8 / MB);
  return `${Math.min(MOST_BUFFERS_MB, Math.max(FEWEST_BUFFERS_MB, share))}MB`;
}

/** Where nothing limits the process, Node says 0, or more than there is. */
const memoryLimit = (): number => Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);

function sharedMemory(): Settings {
  if (process.platform !== "linux") return {};
  const folder = "/dev/shm";
  const { bsize, bavail } = existsSync(folder) ? statfsSync(folder) : { bsize: 0, bavail: 0 };
  return bsize * bavail < SHARED_MEMORY_BYTES ? { dynamic_shared_memory_type: "mmap" } : {};
}

function rotateLog(log: string): void {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_LIMIT_BYTES) renameSync(log, `${log}.1`);
}
