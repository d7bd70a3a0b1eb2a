import type { Barrier } from "../support/barrier.ts";
import { type Ended, type Environment, type Running, start } from "../support/cli.ts";
import type { OwnServer } from "../support/own-server.ts";

/** Longer than the patience of any command: whoever has not ended then hangs. */
export const PATIENCE_MS = 100_000;

/** What is played with, where it is not this checkout and the usual patience. */
export interface Playing {
  /** Folder of the program. */
  readonly root?: string;
  readonly patienceMs?: number;
  /** The server, where it may be killed. */
  readonly server?: OwnServer;
}

/** Where a command runs, and on what. */
export interface Place extends Playing {
  readonly url: string;
  /** That the stage writes or reads: the folder of an export, or a corrected queue. */
  readonly file?: string;
}

/** A mute server is one within five seconds: time for a proxy on a busy machine. */
export const begin = (words: readonly string[], { url, root }: Place, env: Environment = {}): Running =>
  start(words, { DATABASE_URL: url, PGCONNECT_TIMEOUT: "5", ...env }, root);

/** Has the server hold a command at some point. */
export type Hold = (url: string) => Promise<Barrier>;

/** How a command ended under a fault; `struck` where the fault can miss. */
export interface Broken extends Ended {
  readonly struck: boolean;
  /** What went wrong beside the command. */
  readonly beside?: readonly string[];
}

/** Waits for a command, and kills one that hangs. */
export async function bounded(command: Running, { patienceMs = PATIENCE_MS }: Playing): Promise<Ended> {
  const timer = setTimeout(() => command.signal("SIGKILL"), patienceMs);
  try {
    return await command.ended;
  } finally {
    clearTimeout(timer);
  }
}
