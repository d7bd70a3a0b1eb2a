import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { locateHome } from "../../pipelines/db/embedded/home.ts";
import { acquireEmbedded, embeddedStatus, stopEmbedded } from "../../pipelines/db/embedded/server.ts";
import type { Settings } from "../../pipelines/db/embedded/start.ts";
import { migrate } from "../../pipelines/db/migrate.ts";
import { until } from "./barrier.ts";
import type { TestDatabase } from "./database.ts";
import { query, session } from "./fleet.ts";
import { type SmallDisk, smallDisk, unmount } from "./small-disk.ts";

/** Folders of test servers begin so. */
export const SERVER_PREFIX = "sentinel-test-server-";

const LOG_LINES = 60;
const DISK_MEGABYTES = 320;

/** A real server of a test's own. */
export interface OwnServer {
  /** Of a superuser, on the database `postgres`. */
  readonly url: string;
  readonly disk: SmallDisk | undefined;
  /** A migrated database without rows. */
  database(): Promise<TestDatabase>;
  /** SIGKILL to the postmaster, and waits for its end. */
  kill(): Promise<void>;
  /** Starts it again where it does not run, at the same address. */
  start(): Promise<void>;
  /** The end of what it logged. */
  log(): string;
  stop(): Promise<void>;
}

export interface OwnServerOptions {
  readonly settings?: Settings;
  /** On a small disk of its own, where the machine lets us have one. */
  readonly small?: boolean;
}

/** Starts a server in a folder of its own. */
export async function ownServer({ settings = {}, small = false }: OwnServerOptions = {}): Promise<OwnServer> {
  const projectRoot = mkdtempSync(join(tmpdir(), SERVER_PREFIX));
  const disk = small ? smallDisk(projectRoot, DISK_MEGABYTES) : undefined;
  // The server's own account, under root, must get through.
  chmodSync(projectRoot, 0o711);
  const options = { projectRoot, settings };
  const held = [await acquireEmbedded(options)];
  const address = new URL(held[0]?.connectionString ?? "");
  const pid = async (): Promise<number | undefined> => (await embeddedStatus(options)).pid;
  const at = (name: string): string => Object.assign(new URL(address), { pathname: `/${name}` }).href;
  let made = 0;
  return {
    url: at("postgres"),
    disk,
    async database() {
      const name = `own_${++made}`;
      await query(at("postgres"), `CREATE DATABASE ${name} TEMPLATE template0`);
      await session(at(name), migrate);
      return {
        url: at(name),
        drop: async () => void (await query(at("postgres"), `DROP DATABASE ${name} WITH (FORCE)`)),
      };
    },
    async kill() {
      process.kill((await pid()) ?? Number.NaN, "SIGKILL");
      await until("the postmaster is dead", async () => (await pid()) === undefined);
    },
    async start() {
      const again = await acquireEmbedded(options);
      held.push(again);
      if (again.connectionString !== address.href) throw new Error("the server came back at another address");
    },
    log: () => readFileSync(locateHome(options).log, "utf8").split("\n").slice(-LOG_LINES).join("\n"),
    async stop() {
      disk?.empty();
      for (const { release } of held) await release();
      await stopEmbedded({ ...options, force: true });
      removeServerFolder(projectRoot);
    },
  };
}

/** Removes the folder of a server that was stopped, and the disk that may lie in its place. */
export function removeServerFolder(folder: string): void {
  unmount(folder);
  rmSync(folder, { recursive: true, force: true });
}
