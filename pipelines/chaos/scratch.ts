import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { EXIT, SentinelError } from "../cli/errors.ts";
import type { Context } from "../context.ts";
import { externalTarget, type Target } from "../db/connect.ts";
import { identify, isLive, type ProcessId } from "../db/embedded/process.ts";
import { removeEmbedded } from "../db/embedded/remove.ts";
import {
  acquireEmbedded,
  type EmbeddedOptions,
  type EmbeddedServer,
  embeddedStatus,
  stopEmbedded,
} from "../db/embedded/server.ts";

/** Where the fleet is that no fault meets, and its copy that the fault meets. */
export type ScratchDatabase = "postgres" | "sentinel" | "trial";

const POLL_MS = 10;
const PREFIX = "server-";
/** Small: so is the fleet, and others use the machine. */
const SETTINGS = { shared_buffers: "64MB" };

/** The folder that experiments keep their journals and, while they run, their servers in. */
export const chaosFolder = (projectRoot: string): string => path.join(projectRoot, "data", "local", "chaos");

/** Makes and starts a server for one experiment. Fails, it leaves nothing behind. */
export async function openScratch({ projectRoot, signal }: Context): Promise<Scratch> {
  const folder = chaosFolder(projectRoot);
  mkdirSync(folder, { recursive: true });
  await removeAbandoned(projectRoot, folder);
  const home = path.join(folder, `${PREFIX}${process.pid}-${randomUUID().slice(0, 8)}`);
  const scratch = new Scratch({ projectRoot, home, signal, settings: SETTINGS });
  try {
    await scratch.start();
    return scratch;
  } catch (error) {
    await scratch.remove();
    throw error;
  }
}

/** A server that was made for one experiment: whatever befalls it, nobody's data is in it. */
export class Scratch {
  readonly #options: EmbeddedOptions & { readonly home: string };
  readonly #held: EmbeddedServer[] = [];
  readonly #seen: ProcessId[] = [];
  #address: string | undefined;

  constructor(options: EmbeddedOptions & { readonly home: string }) {
    this.#options = options;
  }

  /** The password is in it. */
  url(database: ScratchDatabase): string {
    return Object.assign(new URL(this.#address ?? ""), { pathname: `/${database}` }).href;
  }

  target(database: ScratchDatabase): Target {
    return externalTarget({ databaseUrl: this.url(database), env: {} }) as Target;
  }

  /** Starts it, after it was killed at the same address. */
  async start(): Promise<void> {
    const server = await acquireEmbedded(this.#options);
    this.#held.push(server);
    const postmaster = identify((await embeddedStatus(this.#options)).pid ?? 0);
    if (postmaster) this.#seen.push(postmaster);
    this.#address ??= server.connectionString;
    if (server.connectionString !== this.#address) throw movedAway();
  }

  /** SIGKILL to the postmaster; returns once it is gone. */
  async kill(): Promise<void> {
    process.kill((await embeddedStatus(this.#options)).pid ?? Number.NaN, "SIGKILL");
    while ((await embeddedStatus(this.#options)).running) await pause(POLL_MS);
  }

  /** Stops it, if it runs, and removes all of it. */
  async remove(): Promise<void> {
    const { signal: _, ...options } = this.#options;
    await stopEmbedded({ ...options, force: true, atOnce: true });
    for (const { release } of this.#held.splice(0)) await release();
    await removeEmbedded(options);
  }

  /** What is left of it, in words. */
  remains(): string[] {
    return [
      ...(this.#seen.some(isLive) ? ["the server"] : []),
      ...(existsSync(this.#options.home) ? ["its folder"] : []),
    ];
  }
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
