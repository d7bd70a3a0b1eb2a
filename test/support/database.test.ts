import pg from "pg";
import { expect, test } from "vitest";
import { emptyDatabase, freshDatabase } from "./database.ts";

async function tables(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
  await client.end();
  return rows.map((row) => row.tablename);
}

test("a fresh database is migrated, and a test's own", async () => {
  const [one, other] = await Promise.all([freshDatabase(), freshDatabase()]);
  expect(one.url).not.toBe(other.url);
  expect(await tables(one.url)).toContain("stored_report");
  await one.drop();
  await expect(tables(one.url)).rejects.toThrow(/does not exist/);
  expect(await tables(other.url)).toContain("stored_report");
  await other.drop();
});

test("an empty database has no table", async () => {
  const database = await emptyDatabase();
  expect(await tables(database.url)).toEqual([]);
  await database.drop();
});

test("drop throws out who is still connected", async () => {
  const database = await freshDatabase();
  const client = new pg.Client({ connectionString: database.url });
  const ended = new Promise<Error & { code?: string }>((settle) => client.on("error", settle));
  await client.connect();
  await database.drop();
  expect((await ended).code).toBe("57P01");
});
