import { readdirSync, readFileSync } from "node:fs";
import type pg from "pg";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { distribute, isSpread, refuseOtherNodes } from "./distribute.ts";
import { isDuplicate } from "./retry.ts";
import { sql } from "./sql.ts";
import { inTransaction } from "./transaction.ts";

const folder = new URL("./migrations/", import.meta.url);
const OLDEST_SERVER = 150_000;

/** Every migration, in order: `0001_name.sql` is number 1. */
const migrations = readdirSync(folder)
  .filter((file) => /^\d{4}_\w+\.sql$/.test(file))
  .sort()
  .map((file) => ({ number: Number(file.slice(0, 4)), file }));

/** Number of the last migration that this version knows. */
export const SCHEMA = migrations.at(-1)?.number ?? 0;

/**
 * Brings the schema up to date, and spreads it where Citus is; changes nothing where that was done. Refuses a server older than PostgreSQL 15, a schema made by a
 * newer Sentinel, and a database where a name that Sentinel needs belongs to someone else.
 */
export async function migrate(client: pg.ClientBase): Promise<void> {
  const spread = await isSpread(client);
  if (spread) await refuseOtherNodes(client);
  try {
    await migrateOnce(client);
  } catch (error) {
    // CREATE TABLE IF NOT EXISTS collides with one that another command runs at the same moment; that has committed by now.
    if (!isDuplicate(error)) throw error;
    await migrateOnce(client);
  }
  if (spread) await distribute(client);
}

async function migrateOnce(client: pg.ClientBase): Promise<void> {
  await refuseOldServer(client);
  const applied = await appliedMigrations(client);
  if (applied === undefined) await refuseStrangers(client);
  else if (applied > SCHEMA) throw newerSchema(applied);
  if (applied === SCHEMA) return;
  await inTransaction(client, async () => {
    await client.query(sql("migrate.ledger"));
    await client.query(sql("migrate.lock"));
    const known = (await appliedMigrations(client)) ?? 0;
    for (const { number, file } of migrations.filter((migration) => migration.number > known)) {
      await client.query(readFileSync(new URL(file, folder), "utf8"));
      await client.query(sql("migrate.record"), [number, file]);
    }
  });
}

async function refuseOldServer(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ number: number; text: string }>(sql("migrate.server_version"));
  const version = rows[0];
  if (version && version.number >= OLDEST_SERVER) return;
  throw new SentinelError({
    exitCode: EXIT.database,
    cause: `The server is PostgreSQL ${version?.text}; Sentinel needs 15 or newer.`,
    remedy: "Use a newer server, or unset DATABASE_URL to use the embedded one.",
  });
}

function newerSchema(applied: number): SentinelError {
  return new SentinelError({
    exitCode: EXIT.database,
    cause: `This database was made by a newer Sentinel OTA (schema ${applied}, this one knows ${SCHEMA}).`,
    remedy: "Update Sentinel OTA, or use another database.",
  });
}

/**
 * For who only reads, and so can't bring the schema up to date.
 * @throws SentinelError exit 3 where the schema is there and of another version.
 */
export async function refuseOtherSchema(client: pg.ClientBase): Promise<void> {
  const applied = await appliedMigrations(client);
  if (applied === undefined || applied === SCHEMA) return;
  if (applied > SCHEMA) throw newerSchema(applied);
  throw new SentinelError({
    exitCode: EXIT.database,
    cause: `This database was made by an older Sentinel OTA (schema ${applied}, this one needs ${SCHEMA}).`,
    remedy: "A command that writes brings it up to date, for example:",
    command: "npm run validate",
  });
}

/** Whether Sentinel has ever been here. */
export async function isMigrated(client: pg.ClientBase): Promise<boolean> {
  return (await appliedMigrations(client)) !== undefined;
}

/** Number of the last migration; undefined where Sentinel has never been. */
async function appliedMigrations(client: pg.ClientBase): Promise<number | undefined> {
  const { rows: found } = await client.query<{ present: boolean }>(sql("migrate.present"));
  if (!found[0]?.present) return undefined;
  const { rows } = await client.query<{ last: number | null }>(sql("migrate.last"));
  return rows[0]?.last ?? 0;
}

async function refuseStrangers(client: pg.ClientBase): Promise<void> {
  const text = migrations.map(({ file }) => readFileSync(new URL(file, folder), "utf8")).join("\n");
  const names = [...text.matchAll(/^CREATE (?:TABLE|VIEW) (\w+)/gm)].map((match) => match[1]);
  const { rows } = await client.query<{ name: string }>(sql("migrate.relations_named"), [names]);
  if (rows.length === 0) return;
  // Another command may have made them since the first look.
  if (await isMigrated(client)) return;
  throw new SentinelError({
    exitCode: EXIT.database,
    cause: `This database holds ${rows.map(({ name }) => name).join(", ")}, which Sentinel OTA did not make.`,
    remedy: "Nothing was touched. Give Sentinel a database of its own: create one and name it in DATABASE_URL.",
  });
}
