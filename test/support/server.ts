import { readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { embeddedStatus, stopEmbedded } from "../../pipelines/db/embedded/server.ts";
import { migrate } from "../../pipelines/db/migrate.ts";
import { ownServer, removeServerFolder, SERVER_PREFIX } from "./own-server.ts";

const ABANDONED_AFTER_MS = 60_000;

declare module "vitest" {
  export interface ProvidedContext {
    /** Of a superuser, on a database that tests leave alone. */
    serverUrl: string;
    /** Name of the migrated database that fresh ones are cloned from. */
    templateDatabase: string;
  }
}

/** One real server for the whole run: SENTINEL_TEST_DATABASE_URL, else an embedded one in a folder of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.SENTINEL_TEST_DATABASE_URL;
  const server = given ? { connectionString: given, stop: async () => {} } : await startServer();
  const templateDatabase = `sentinel_template_${process.pid}`;
  try {
    await makeTemplate(server.connectionString, templateDatabase);
  } catch (error) {
    await server.stop();
    throw error;
  }
  project.provide("serverUrl", server.connectionString);
  project.provide("templateDatabase", templateDatabase);
  return async () => {
    if (given) await onServer(given, `DROP DATABASE IF EXISTS ${templateDatabase}`);
    await server.stop();
  };
}

async function startServer() {
  await removeAbandoned();
  // As durable as in production, because validate checks that it is; clones go through the WAL, which is quicker then.
  const { url: connectionString, stop } = await ownServer({ settings: { shared_buffers: "128MB" } });
  return { connectionString, stop };
}

/** Servers of runs that were killed. */
async function removeAbandoned(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(SERVER_PREFIX))) {
    const projectRoot = join(tmpdir(), name);
    try {
      if (Date.now() - statSync(projectRoot).mtimeMs < ABANDONED_AFTER_MS) continue;
      if ((await embeddedStatus({ projectRoot })).users.length > 0) continue;
      await stopEmbedded({ projectRoot });
      removeServerFolder(projectRoot);
    } catch {
      // Another user's.
    }
  }
}

async function makeTemplate(serverUrl: string, name: string): Promise<void> {
  await onServer(serverUrl, `DROP DATABASE IF EXISTS ${name}`);
  await onServer(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await withClient(url.href, migrate);
}

const onServer = (url: string, statement: string) => withClient(url, (client) => client.query(statement));

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
