import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { EXIT, SentinelError } from "../pipelines/cli/errors.ts";
import { externalTarget, type Target, withClient } from "../pipelines/db/connect.ts";
import { acquireEmbedded } from "../pipelines/db/embedded/server.ts";

/** The server that is measured. */
export interface BenchServer {
  readonly target: Target;
  release(): Promise<void>;
}

/** The server of that URL, else an embedded one of the bench's own, with the settings that every command starts it with. */
export async function benchServer(databaseUrl: string | undefined, signal: AbortSignal): Promise<BenchServer> {
  if (databaseUrl !== undefined) return { target: targetOf(databaseUrl), release: async () => {} };
  const projectRoot = mkdtempSync(join(tmpdir(), "sentinel-bench-"));
  // The server's own account, under root, must get through.
  chmodSync(projectRoot, 0o711);
  const home = join(projectRoot, "postgres");
  const server = await acquireEmbedded({ projectRoot, home, signal });
  return {
    target: targetOf(server.connectionString),
    async release() {
      await server.release();
      const seat = join(home, "seat");
      if (existsSync(seat)) rmSync(readFileSync(seat, "utf8").trim(), { recursive: true, force: true });
      rmSync(projectRoot, { recursive: true, force: true });
    },
  };
}

/** Works in a database of its own, which is dropped whatever happens. */
export async function withOwnDatabase<T>(server: Target, work: (target: Target) => Promise<T>): Promise<T> {
  const database = `sentinel_bench_${process.pid}_${Date.now().toString(36)}`;
  await withClient(server, (client) => client.query(`CREATE DATABASE ${pg.escapeIdentifier(database)}`));
  try {
    return await work({ ...server, config: { ...server.config, database } });
  } finally {
    await withClient(server, (client) =>
      client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(database)} WITH (FORCE)`),
    );
  }
}

function targetOf(databaseUrl: string): Target {
  const target = externalTarget({ databaseUrl, env: {} });
  if (target) return target;
  throw new SentinelError({ exitCode: EXIT.usage, cause: "--database-url is empty.", remedy: "Give it a URL." });
}
