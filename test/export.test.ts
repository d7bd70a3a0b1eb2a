import { existsSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openArchive } from "../pipelines/archive/verify.ts";
import { manifestOf, type Shelf, shelf } from "./support/archives.ts";
import { settled, until } from "./support/barrier.ts";
import { type Running, run, start } from "./support/cli.ts";
import { command, done, stages } from "./support/command.ts";
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

describe("an export in the place of another", () => {
  test("is refused, unless that is asked for; then the old one stays until the new one is whole", async () => {
    const to = await archives.export(database.url);
    const { error } = await command("export", database.url, { to });
    expect(error).toMatchObject({ exitCode: 2, message: `${to} holds an export already.` });
    const old = manifestOf(to);
    await done("export", database.url, { to, replace: true });
    expect(manifestOf(to).digest).toBe(old.digest);
    expect(manifestOf(to).seen_at).not.toBe(old.seen_at);
    const failed = await command("export", database.url, { to, replace: true, campaign: "nobody" });
    expect(failed.error).toMatchObject({ exitCode: 2, message: 'There is no campaign named "nobody".' });
    await openArchive(to, new AbortController().signal);
  });

  test("never takes the place of anything else, and what a kill moved away comes back", async () => {
    const to = await archives.export(database.url);
    writeFileSync(path.join(to, "notes.txt"), "mine");
    const { error } = await command("export", database.url, { to, replace: true });
    expect(error?.message).toBe(`${to} is not empty: it holds "notes.txt".`);
    const moved = await archives.export(database.url);
    renameSync(moved, path.join(archives.path, `.${path.basename(moved)}.sentinel-earlier`));
    const again = await command("export", database.url, { to: moved });
    expect(again.error?.message).toBe(`${moved} holds an export already.`);
    await openArchive(moved, new AbortController().signal);
  });
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
