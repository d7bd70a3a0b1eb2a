import pg from "pg";
import { bind } from "../pipelines/db/sql.ts";
import type { Ground } from "./ground.ts";
import { once, ours } from "./ours.ts";
import { bucketsOf, LANES, Sessions } from "./sessions.ts";
import type { Side } from "./side.ts";
import { statement } from "./statement.ts";

/** Storing the fleet: ours against the server reading ready files by itself. Leaves a stored fleet behind. */
export async function ingestSides(ground: Ground): Promise<readonly Side[]> {
  await once(ground, "generate");
  const files = await writeFiles(ground);
  await ground.client.query(statement("ingest_limit_table"));
  return [ours(ground, "generate", ["ingest_reset"]), limit(ground, files)];
}

function limit({ target, client, devices }: Ground, files: readonly string[]): Side {
  const sessions = new Sessions(target);
  return {
    name: "limit",
    async reset() {
      await sessions.open();
      await client.query(statement("ingest_limit_reset"));
    },
    async work() {
      await sessions.each((session, lane) => session.query(withFile("ingest_limit_load", files[lane] ?? "")));
      return devices;
    },
    async close() {
      await sessions.close();
      await client.query(statement("ingest_limit_reset"));
      // The server can write a file, but not remove it.
      for (const file of files) await client.query(withFile("ingest_limit_empty_file", file));
    },
  };
}

/** Has the server write one file a session, in key order, where it can surely read it again. */
async function writeFiles({ client }: Ground): Promise<readonly string[]> {
  const { rows } = await client.query<{ folder: string }>(statement("data_directory"));
  const files = Array.from(
    { length: LANES },
    (_, lane) => `${rows[0]?.folder}/sentinel_bench_${process.pid}_${lane}.copy`,
  );
  for (const [lane, file] of files.entries()) {
    const [first, last] = bucketsOf(lane);
    await client.query(bind(withFile("ingest_limit_file", file), { first, last }));
  }
  return files;
}

function withFile(name: string, file: string): string {
  return statement(name).replace(":file", () => pg.escapeLiteral(file));
}
