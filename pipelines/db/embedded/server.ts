import { existsSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { findPackage, prepareBinaries } from "./binaries.ts";
import { ensureCluster } from "./cluster.ts";
import { databaseError, folderError } from "./failure.ts";
import { existingSeat, type Home, locateHome, prepareHome, type Seat, takeSeat } from "./home.ts";
import { isLocked, withLock } from "./lock.ts";
import { readPassword } from "./password.ts";
import { findPostmaster, type Postmaster, stopPostmaster } from "./postmaster.ts";
import { connectionString, letsUsIn } from "./session.ts";
import { type Settings, startPostmaster } from "./start.ts";
import { describeUsers, forgetDeadUsers, isPinned, liveUsers, pin, register, type User, unpin } from "./users.ts";

const POLL_MS = 5;
const ANSWER_PATIENCE_MS = 60_000;

export interface EmbeddedServer {
  readonly connectionString: string;
  /** Lets go of the server; the last user's release stops it. */
  release(): Promise<void>;
}

export interface EmbeddedOptions {
  readonly projectRoot: string;
  /** Where its state lives; default <projectRoot>/data/local/postgres. */
  readonly home?: string;
  readonly signal?: AbortSignal;
  readonly note?: (line: string) => void;
  /** Settings of the server beyond, or instead of, the usual ones; they count when it is started. */
  readonly settings?: Settings;
  /** The package with the binaries; default: the installed one for this machine. */
  readonly packageFolder?: string;
}

/** The embedded server of this project: the one that runs already, else it is made and started. */
export async function acquireEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const home = locateHome(options);
  prepareHome(home);
  return withLock(home.lock, options.signal, async () => {
    const url = await ensureRunning(home, options);
    forgetDeadUsers(home);
    const unregister = register(home);
    const leave = () => abandon(home, unregister);
    process.once("exit", leave);
    let released: Promise<void> | undefined;
    const release = () => {
      released ??= letGo(home, unregister).finally(() => process.off("exit", leave));
      return released;
    };
    return { connectionString: url, release };
  });
}

/** Starts the server if need be, and keeps it running until {@link stopEmbedded}. Returns its connection string. */
export async function pinEmbedded(options: EmbeddedOptions): Promise<string> {
  const home = locateHome(options);
  prepareHome(home);
  return withLock(home.lock, options.signal, async () => {
    const url = await ensureRunning(home, options);
    pin(home);
    return url;
  });
}

/**
 * Stops the server, pinned or not. Returns whether it ran; users stop it from stopping, unless forced. `atOnce` is for one whose data
 * nobody wants again.
 */
export async function stopEmbedded(options: EmbeddedOptions & { force?: boolean; atOnce?: boolean }): Promise<boolean> {
  const home = locateHome(options);
  if (!existsSync(home.folder)) return false;
  prepareHome(home);
  return withLock(home.lock, options.signal, async () => {
    const users = liveUsers(home);
    if (users.length > 0 && !options.force) {
      throw databaseError(
        `The embedded server is in use by ${describeUsers(users)}.`,
        "Wait for them, or stop it anyway: they fail, and can be resumed.",
        "npm run db -- stop --force",
      );
    }
    unpin(home);
    return stopIfRunning(home, options.atOnce);
  });
}

export interface EmbeddedStatus {
  readonly running: boolean;
  readonly pid: number | undefined;
  readonly port: number | undefined;
  readonly pinned: boolean;
  readonly users: readonly User[];
  /** The data folder; undefined before the first start. */
  readonly dataFolder: string | undefined;
  readonly log: string;
}

/** What is known without starting anything. */
export async function embeddedStatus(options: EmbeddedOptions): Promise<EmbeddedStatus> {
  const home = locateHome(options);
  const seat = existingSeat(home);
  const postmaster = seat && findPostmaster(seat);
  return {
    running: postmaster !== undefined,
    pid: postmaster?.pid,
    port: postmaster?.port,
    pinned: isPinned(home),
    users: liveUsers(home),
    dataFolder: seat?.data,
    log: home.log,
  };
}

async function ensureRunning(home: Home, options: EmbeddedOptions): Promise<string> {
  const seat = takeSeat(home);
  const deadline = performance.now() + ANSWER_PATIENCE_MS;
  for (;;) {
    const password = readPassword(home);
    const running = findPostmaster(seat);
    if (!running) return start(home, seat, options);
    if (password === undefined) await stopPostmaster(seat, running);
    else if (running.ready && (await letsUsIn(running.port, password))) return connectionString(running.port, password);
    if (performance.now() > deadline) throw mute(running);
    await pause(POLL_MS, undefined, options.signal ? { signal: options.signal } : {});
  }
}

async function start(home: Home, seat: Seat, options: EmbeddedOptions): Promise<string> {
  const binaries = prepareBinaries(options.packageFolder ?? findPackage(), seat);
  const { signal, note = () => {}, settings = {} } = options;
  const needs = { home, seat, binaries, signal, note, settings };
  await ensureCluster(needs);
  const postmaster = await startPostmaster(needs);
  try {
    writeFileSync(home.port, `${postmaster.port}\n`);
    const password = readPassword(home);
    if (password !== undefined && (await letsUsIn(postmaster.port, password))) {
      return connectionString(postmaster.port, password);
    }
    throw databaseError("The embedded server stopped right after its start.", "See its log.", `tail "${home.log}"`);
  } catch (error) {
    await stopPostmaster(seat, postmaster);
    throw folderError(home.folder, error);
  }
}

async function letGo(home: Home, unregister: () => void): Promise<void> {
  await withLock(home.lock, undefined, async () => {
    unregister();
    if (isPinned(home) || liveUsers(home).length > 0) return;
    await stopIfRunning(home);
  });
}

/** Of a process that ends before it could let go: there is no more time than for a word to the server. */
function abandon(home: Home, unregister: () => void): void {
  unregister();
  if (isPinned(home) || liveUsers(home).length > 0 || isLocked(home.lock)) return;
  const seat = existingSeat(home);
  const postmaster = seat && findPostmaster(seat);
  if (postmaster) process.kill(postmaster.pid, "SIGINT");
}

async function stopIfRunning(home: Home, atOnce = false): Promise<boolean> {
  const seat = existingSeat(home);
  const postmaster = seat && findPostmaster(seat);
  if (!seat || !postmaster) return false;
  await stopPostmaster(seat, postmaster, atOnce);
  return true;
}

function mute(postmaster: Postmaster): Error {
  return databaseError(
    `The embedded server (process ${postmaster.pid}) runs, but has not answered for ${ANSWER_PATIENCE_MS / 1000} seconds.`,
    "Stop it; the next command starts it again, and nothing that was committed is lost.",
    "npm run db -- stop --force",
  );
}
