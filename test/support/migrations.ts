import { readdirSync, readFileSync } from "node:fs";
import type pg from "pg";

const FOLDER = new URL("../../pipelines/db/migrations/", import.meta.url);

/** The migrations in order, each in a transaction of its own. */
export async function applyMigrations(client: pg.Client): Promise<void> {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(".sql"));
  for (const name of names.sort()) {
    const sql = readFileSync(new URL(name, FOLDER), "utf8");
    await client.query(`BEGIN; ${sql}\n; COMMIT`);
  }
}
