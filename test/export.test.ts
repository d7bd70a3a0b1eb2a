import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Shelf, shelf } from "./support/archives.ts";
import { settled, until } from "./support/barrier.ts";
import { type Running, run, start } from "./support/cli.ts";
import { done, stages } from "./support/command.ts";
import { freshDatabase, type TestDatabase } from "./support/database.ts";
import { digestOf, query, session } from "./support/fleet.ts";

let archives: Shelf;
let database: TestDatabase;
beforeAll(async () => {
  archives = shelf();
  database = await freshDatabase();
  await stages(database.url, { devices: 1000, campaign: "spring", faultRate: 0.1 });
});
afterAll(async () => {
  archives.remove();
  await database.drop();
});

const WAITING = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
const beside = (): string[] => readdirSync(archives.path).filter((name) => !name.startsWith("export-"));

/** Starts an export, holds it before the last of its tables, which somebody has to himself, and lets it go after `meanwhile`. */
async function held(to: string, meanwhile: (command: Running) => Promise<unknown>) {
  return session(database.url, async (client) => {
    await client.query("BEGIN; LOCK validation_result IN ACCESS EXCLUSIVE MODE");
    const command = start(["export", "--to", to], { DATABASE_URL: database.url });
    await until("the export waits", async () => (await query(database.url, WAITING)).length > 0);
    expect(existsSync(to)).toBe(false);
    await meanwhile(command);
    await client.query("ROLLBACK");
    const end = await command.ended;
    await settled(database.url);
    return end;
  });
}

test("it holds what was there when it began, whatever is written meanwhile", async () => {
  const to = archives.place();
  const before = await digestOf(database.url);
  const { code } = await held(to, () =>
    query(
      database.url,
      "CREATE TABLE kept AS TABLE fault_ledger; DELETE FROM fault_ledger; UPDATE stored_report SET attempts = '99'",
    ),
  );
  expect(code).toBe(0);
  expect(await digestOf(database.url)).not.toBe(before);
  const other = await freshDatabase();
  await done("import", other.url, { from: to });
  expect(await digestOf(other.url)).toBe(before);
  await done("validate", other.url);
  await other.drop();
  await query(database.url, "INSERT INTO fault_ledger TABLE kept; DROP TABLE kept");
});

test("killed, it leaves no folder, and the next one clears away what it was at", async () => {
  const to = archives.place();
  await held(to, async (command) => {
    command.signal("SIGKILL");
    await command.ended;
  });
  expect(existsSync(to)).toBe(false);
  expect(beside()).toHaveLength(1);
  expect((await run(["export", "--to", to], database.url)).code).toBe(0);
  expect(beside()).toEqual([]);
  expect(existsSync(path.join(to, "manifest.sha256"))).toBe(true);
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s stops it at once, and nothing is left", async (signal, exit) => {
  const to = archives.place();
  const end = await held(to, async (command) => {
    command.process.kill(signal);
    await command.ended;
  });
  expect(end).toMatchObject({ code: exit, stdout: "" });
  expect(end.stderr).toContain(
    `✗ Stopped on request. Nothing was written.\n  Do it again:\n  npm run export -- --to ${to}\n`,
  );
  expect(existsSync(to)).toBe(false);
  expect(beside()).toEqual([]);
});

test("a read-only server is exported from", async () => {
  const name = new URL(database.url).pathname.slice(1);
  await query(database.url, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
  const to = archives.place();
  expect((await run(["export", "--to", to, "--json"], database.url)).code).toBe(0);
  const refused = await run(["import", "--from", to, "--campaign", "other"], database.url);
  expect(refused.code).toBe(3);
  expect(refused.stderr).toContain("is read-only");
});
