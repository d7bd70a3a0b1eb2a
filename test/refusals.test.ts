import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { acquireWriteLease } from "../pipelines/db/lease.ts";
import { type Ended, type Environment, run, start } from "./support/cli.ts";
import { command, digestIn, done, stages } from "./support/command.ts";
import { emptyDatabase, freshDatabase, type TestDatabase } from "./support/database.ts";
import { cloned, digestOf, everyRow, query, session } from "./support/fleet.ts";

/** A database with a campaign that is recovered. */
let whole: TestDatabase;
let rows: Record<string, string>;
beforeAll(async () => {
  whole = await freshDatabase();
  await stages(whole.url, { devices: 1000, campaign: "spring", faultRate: 0.1 });
  rows = await everyRow(whole.url);
});
afterAll(() => whole.drop());

/** Cause, remedy and nothing else: no result, no secret, no trace of the code. */
function expectRefusal({ code, stdout, stderr }: Ended, exit: number, cause: string | RegExp): void {
  expect(stderr).toMatch(cause);
  expect(code).toBe(exit);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^✗ .+\n {2}.+/m);
  expect(stderr).not.toMatch(/\n\s+at |node_modules|\.ts:\d|bug in Sentinel/);
  expect(stderr).not.toContain(new URL(whole.url).password);
  expect(stderr).not.toContain("hunter2");
}

describe("what is asked for makes no sense: exit 2, and nothing changes", () => {
  test.each<[string, RegExp]>([
    ["generate --devicez 5", /There is no option --devicez\./],
    ["generate --resume --replace", /--resume goes on with a campaign, --replace deletes it/],
    ["recover --devices 5", /--devices means nothing to recover\./],
    ["generate --devices -5", /--devices needs a whole number .*; it got "-5"/],
    ["corrupt --fault-rate 2", /--fault-rate needs a number from 0 to 1/],
    ["recover --campaign autumn", /There is no campaign named "autumn"\.\n {2}There are: spring\./],
    [
      "generate --campaign spring --devices 1000 --seed 7",
      /Campaign spring is there already, and its seed is 42, not 7\./,
    ],
    ["generate --campaign spring --devices 999", /its device count is 1000, not 999/],
    ["generate --resume --campaign spring --seed 7", /has seed 42, not 7/],
    ["corrupt --fault-rate 0.2", /faults injected now would belie the decisions/],
    ["corrupt --undo", /faults taken back now would belie the decisions/],
    ["corrupt --profile apocalypse", /There is no chaos profile named "apocalypse"/],
    ["recover --policy hope", /There is no policy named "hope"/],
    ["generate --from no/such.csv", /no\/such\.csv can't be imported: it is not there/],
    ["generate --from data", /can't be imported/],
    ["triage show DEV-00000000", /is not in the triage queue of campaign spring/],
    ["triage dance", /There is no "triage dance"/],
  ])("%s", async (words, cause) => {
    expectRefusal(await run(words.split(" "), whole.url), 2, cause);
    expect(await everyRow(whole.url)).toEqual(rows);
  });

  test("a database URL that is none is not shown", async () => {
    const end = await run(["recover"], "mysql://ana:hunter2@db/x");
    expectRefusal(end, 2, /DATABASE_URL is not a PostgreSQL URL/);
  });

  test("a command that does not exist", async () => {
    const { code, stdout, stderr } = await run(["recover-all"], whole.url);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain('There is no command "recover-all".');
  });

  test("a stage before there is a campaign", async () => {
    const database = await freshDatabase();
    for (const name of ["corrupt", "recover", "validate", "triage", "report"]) {
      const { error } = await command(name, database.url);
      expect(error).toMatchObject({ exitCode: 2, message: expect.stringMatching(/no campaign/) });
    }
    await database.drop();
  });
});

describe("the database is not as it must be: exit 3", () => {
  const to = (change: (url: URL) => void): string => {
    const url = new URL(whole.url);
    change(url);
    return url.href;
  };
  const places: [string, () => string, RegExp][] = [
    [
      "a wrong password",
      () =>
        to((url) => {
          url.password = "hunter2";
        }),
      /refused the user or the password of /,
    ],
    [
      "a user that is not there",
      () =>
        to((url) => {
          url.username = "nobody";
        }),
      /refused the user or the password of nobody@/,
    ],
    [
      "a database that is not there",
      () =>
        to((url) => {
          url.pathname = "/nothing";
        }),
      /The database of .*\/nothing does not exist/,
    ],
    [
      "a port where nothing answers",
      () =>
        to((url) => {
          url.port = "1";
        }),
      /Nothing answers at 127\.0\.0\.1:1\./,
    ],
    [
      "a host that is not there",
      () =>
        to((url) => {
          url.hostname = "sentinel.invalid";
        }),
      /There is no host named sentinel\.invalid\./,
    ],
    [
      "TLS turned off beyond this machine",
      () =>
        to((url) => {
          url.hostname = "sentinel.invalid";
          url.search = "sslmode=disable";
        }),
      /in the clear/,
    ],
  ];
  test.each(places)("%s", async (_, url, cause) => {
    expectRefusal(await run(["recover"], url()), 3, cause);
  });

  test("DB_HOST, DB_PORT and DB_PASS of the prototype are told as such", async () => {
    const { port, username } = new URL(whole.url);
    const env: Environment = { DB_HOST: "127.0.0.1", DB_PORT: port, DB_USER: username, DB_PASS: "hunter2" };
    expectRefusal(await start(["recover"], env).ended, 3, /refused the user or the password/);
  });

  test("somebody else's ota_logs", async () => {
    const database = await emptyDatabase();
    await query(database.url, "CREATE TABLE ota_logs (device_id text); INSERT INTO ota_logs VALUES ('theirs')");
    expectRefusal(
      await run(["generate", "--devices", "10"], database.url),
      3,
      /holds ota_logs, which Sentinel OTA did not make/,
    );
    const { error } = await command("generate", database.url, { devices: 10, replace: true });
    expect(error).toMatchObject({ exitCode: 3 });
    expect(await query(database.url, "SELECT * FROM ota_logs")).toEqual([{ device_id: "theirs" }]);
    expect(await query(database.url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).toHaveLength(1);
    await database.drop();
  });

  test("a stranger's table beside the campaign that --replace would delete", async () => {
    const database = await cloned(whole);
    await query(database.url, "CREATE TABLE invoices (id int)");
    const end = await run(["generate", "--campaign", "spring", "--devices", "10", "--replace"], database.url);
    expectRefusal(end, 3, /also holds invoices/);
    expect(await everyRow(database.url)).toEqual(rows);
    await database.drop();
  });

  test("a read-only server", async () => {
    const database = await cloned(whole);
    await query(
      database.url,
      `ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET default_transaction_read_only = on`,
    );
    expectRefusal(await run(["generate", "--devices", "10"], database.url), 3, /is read-only/);
    await database.drop();
  });

  test("a user without the right to make tables", async () => {
    const database = await emptyDatabase();
    const role = `weak_${process.pid}`;
    await query(database.url, `CREATE ROLE ${role} LOGIN PASSWORD 'hunter2'`);
    const url = new URL(database.url);
    url.username = role;
    url.password = "hunter2";
    expectRefusal(
      await run(["generate", "--devices", "10"], url.href),
      3,
      new RegExp(`The user of ${role}@.* lacks a right`),
    );
    await database.drop();
    await query(whole.url, `DROP ROLE ${role}`);
  });

  test("another command writes: the second is refused, the first goes on", () =>
    session(whole.url, async (client) => {
      await acquireWriteLease(client, randomUUID(), "npm run pipeline, process 1");
      const end = await run(["generate", "--devices", "10"], whole.url);
      expectRefusal(end, 3, /Another command is writing to this database \(npm run pipeline, process 1, for \d+ s\)/);
      expect(await everyRow(whole.url)).toEqual(rows);
    }));
});

describe("the campaign is not ready", () => {
  test("recover before the fleet is whole: exit 5, with the command that finishes it", async () => {
    const database = await freshDatabase();
    await done("generate", database.url, { devices: 1000, batchSize: 500 });
    await query(
      database.url,
      "DELETE FROM stored_report WHERE device_no >= 500; DELETE FROM batch_ledger WHERE batch_no = 1",
    );
    const end = await run(["recover"], database.url);
    expectRefusal(end, 5, /Stage generate of campaign fleet-1000-seed-42 was stopped part-way/);
    expect(end.stderr).toContain("npm run generate -- --resume --campaign fleet-1000-seed-42");
    // Chaos that is refused leaves no mark, by which later chaos, or recovery, would be refused too.
    const before = await everyRow(database.url);
    expect((await command("corrupt", database.url, { faultRate: 0.1 })).error).toMatchObject({ exitCode: 5 });
    expect(await everyRow(database.url)).toEqual(before);
    await done("generate", database.url, { resume: true });
    await done("recover", database.url);
    await database.drop();
  });

  test("what is told is about the campaign that was meant, whichever is current", async () => {
    const database = await freshDatabase();
    await done("generate", database.url, { devices: 100, campaign: "north sea" });
    await done("corrupt", database.url, { faultRate: 0.1 });
    await done("generate", database.url, { devices: 100, seed: 7 });
    const other = { campaign: "north sea", faultRate: 0.2 };
    const told = async (): Promise<unknown> => (await command("corrupt", database.url, other)).error?.command;
    const url = '--database-url "$DATABASE_URL"';
    expect(await told()).toBe(`npm run corrupt -- --undo --campaign 'north sea' ${url}`);
    await done("corrupt", database.url, { campaign: "north sea", undo: true });
    await done("recover", database.url, { campaign: "north sea" });
    expect(await told()).toBe(`npm run pipeline -- --devices 100 --seed 42 --campaign 'north sea' --replace ${url}`);
    const { error } = await command("generate", database.url, { devices: 200, campaign: "north sea" });
    expect(error?.command).toBe(`npm run generate -- --workers 1 --devices 200 --campaign 'north sea-2' ${url}`);
    await database.drop();
  });

  test("recover before chaos has ended: exit 5", async () => {
    const database = await freshDatabase();
    await done("generate", database.url, { devices: 1000 });
    await query(database.url, "UPDATE campaign SET fault_rate = 0.1, fault_profile = 'default', fault_seed = 42");
    const { error } = await command("recover", database.url);
    expect(error).toMatchObject({ exitCode: 5, message: expect.stringContaining("Stage corrupt") });
    await database.drop();
  });

  test("validate before recovery: exit 4, with the command that recovers", async () => {
    const database = await freshDatabase();
    await done("generate", database.url, { devices: 1000 });
    const { error } = await command("validate", database.url);
    expect(error).toMatchObject({
      exitCode: 4,
      command: expect.stringContaining("npm run recover -- --campaign fleet-1000-seed-42"),
    });
    await database.drop();
  });

  test("chaos taken back leaves the fleet as it was, and can come again as it was", async () => {
    const database = await freshDatabase();
    await done("generate", database.url, { devices: 2000 });
    const calm = await digestOf(database.url);
    await done("corrupt", database.url, { faultRate: 0.2 });
    const struck = await digestOf(database.url);
    expect(struck).not.toBe(calm);
    const { error } = await command("corrupt", database.url, { faultRate: 0.1 });
    expect(error).toMatchObject({
      exitCode: 2,
      message: "Campaign fleet-2000-seed-42 is corrupted already: rate 0.2, profile default, seed 42.",
      command: expect.stringMatching(/^npm run corrupt -- --undo --campaign fleet-2000-seed-42/),
    });
    await done("corrupt", database.url, { undo: true });
    expect(await digestOf(database.url)).toBe(calm);
    await done("corrupt", database.url, { faultRate: 0.2 });
    expect(await digestOf(database.url)).toBe(struck);
    await database.drop();
  });
});

test("with --json a refusal is an event too, and the exit code is in it", async () => {
  const { code, stdout } = await run(["recover", "--campaign", "autumn", "--json"], whole.url);
  expect(code).toBe(2);
  expect(JSON.parse(stdout.trim().split("\n").at(-1) ?? "")).toMatchObject({
    event: "error",
    cause: 'There is no campaign named "autumn".',
    exit_code: 2,
  });
});

test("after all of that the campaign keeps every promise", async () => {
  const said = await command("validate", whole.url);
  expect(said.error).toBeUndefined();
  expect(digestIn(said)).toBe(await digestOf(whole.url));
});
