import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { EXIT, SentinelError } from "../cli/errors.ts";
import type { Context } from "../context.ts";
import { externalTarget, type Target } from "../db/connect.ts";
import { identify, isLive, type ProcessId } from "../db/embedded/process.ts";
import { removeEmbedded } from "../db/embedded/remove.ts";
import { acquireEmbedded, type EmbeddedServer, embeddedStatus, stopEmbedded } from "../db/embedded/server.ts";

/** Where the fleet is that no fault meets, and its copy that the fault meets. */
export type ScratchDatabase = "postgres" | "sentinel" | "trial";

/** A server that was made for one experiment: whatever befalls it, nobody's data is in it. */
export interface Scratch {
  /** The password is in it. */
  url(database: ScratchDatabase): string;
  target(database: ScratchDatabase): Target;
  /** SIGKILL to the postmaster; returns once it is gone. */
  kill(): Promise<void>;
  /** Starts it again, at the same address. */
  start(): Promise<void>;
  /** Stops it, if it runs, and removes all of it. */
  remove(): Promise<void>;
  /** What is left of it, in words. */
  remains(): string[];
}

const POLL_MS = 10;
const PREFIX = "server-";
/** Small: so is the fleet, and others use the machine. */
const SETTINGS = { shared_buffers: "64MB" };

/** The folder that experiments keep their journals and, while they run, their servers in. */
export const chaosFolder = (projectRoot: string): string => path.join(projectRoot, "data", "local", "chaos");

/** Makes and starts a server. Fails, it leaves nothing behind. */
export async function openScratch({ projectRoot, signal }: Context): Promise<Scratch> {
  const folder = chaosFolder(projectRoot);
  mkdirSync(folder, { recursive: true });
  await removeAbandoned(projectRoot, folder);
  const home = path.join(folder, `${PREFIX}${process.pid}-${randomUUID().slice(0, 8)}`);
  const options = { projectRoot, home, signal, settings: SETTINGS };
  const held: EmbeddedServer[] = [];
  const seen: ProcessId[] = [];
  const start = async (): Promise<void> => {
    const server = await acquireEmbedded(options);
    held.push(server);
    const postmaster = identify((await embeddedStatus(options)).pid ?? 0);
    if (postmaster) seen.push(postmaster);
    if (server.connectionString !== held[0]?.connectionString) throw movedAway();
  };
  const remove = async (): Promise<void> => {
    await stopEmbedded({ projectRoot, home, force: true, atOnce: true });
    for (const { release } of held.splice(0)) await release();
    await removeEmbedded({ projectRoot, home });
  };
  await start().catch(async (error) => {
    await remove();
    throw error;
  });
  const address = held[0]?.connectionString ?? "";
  const url = (database: ScratchDatabase): string => Object.assign(new URL(address), { pathname: `/${database}` }).href;
  return {
    url,
    target: (database) => externalTarget({ databaseUrl: url(database), env: {} }) as Target,
    start,
    async kill() {
      process.kill((await embeddedStatus(options)).pid ?? Number.NaN, "SIGKILL");
      while ((await embeddedStatus(options)).running) await pause(POLL_MS);
    },
    remove,
    remains: () => [...(seen.some(isLive) ? ["the server"] : []), ...(existsSync(home) ? ["its folder"] : [])],
  };
}

/** Servers of experiments that were killed themselves. */
async function removeAbandoned(projectRoot: string, folder: string): Promise<void> {
  for (const name of readdirSync(folder).filter((entry) => entry.startsWith(PREFIX))) {
    if (!identify(Number(name.slice(PREFIX.length).split("-")[0]))) {
      await removeEmbedded({ projectRoot, home: path.join(folder, name) });
    }
  }
}

function movedAway(): SentinelError {
  return new SentinelError({
    exitCode: EXIT.database,
    cause: "Another program took the port of the experiment's server while that was down.",
    remedy: "Nothing is left of the experiment. Run it again.",
  });
}
