import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "./support/cli.ts";
import { freshDatabase, keptDatabases, type TestDatabase } from "./support/database.ts";
import { query } from "./support/fleet.ts";
import { type Pooler, pgbouncerVersion, startPooler } from "./support/pgbouncer.ts";
import { renamingRelay } from "./support/relay.ts";

const kept = keptDatabases();
const tables = "SELECT count(*)::int AS runs FROM run";
const nothing = [{ runs: 0 }];

test("whose sessions are lent is looked through, and never written through: exit 3 with the way out", async () => {
  const { url } = kept(await freshDatabase());
  const relay = await renamingRelay(url);
  try {
    for (const words of [["generate", "--devices", "100"], ["recover"], ["pipeline", "--no-site"]]) {
      const end = await run(words, relay.url);
      expect(end, words.join(" ")).toMatchObject({ code: 3 });
      expect(end.stderr).toMatch(/connection pooler stands before[\s\S]*server's own address/);
    }
    expect(await query(url, tables)).toEqual(nothing);
    expect(await run(["status"], relay.url)).toMatchObject({ code: 0 });
  } finally {
    relay.stop();
  }
});

describe.skipIf(pgbouncerVersion() === undefined)("pgbouncer in transaction mode", () => {
  let database: TestDatabase;
  let strict: Pooler;
  let lenient: Pooler;
  const SETTINGS = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"];

  beforeAll(async () => {
    database = kept(await freshDatabase());
    strict = await startPooler(database.url, []);
    lenient = await startPooler(database.url, SETTINGS);
  });
  afterAll(() => Promise.all([strict?.stop(), lenient?.stop()]));
  const behind = (pooler: Pooler): string => pooler.url(new URL(database.url).pathname.slice(1));

  test("as it comes lets no session begin, which is no bug of ours", async () => {
    const end = await run(["status"], behind(strict));
    expect(end).toMatchObject({ code: 3 });
    expect(end.stderr).toMatch(/unsupported startup parameter[\s\S]*server's own address/);
  });

  test("made to let them begin, it is looked through and not written through", async () => {
    expect(await run(["generate", "--devices", "100"], database.url)).toMatchObject({ code: 0 });
    expect(await run(["status"], behind(lenient))).toMatchObject({ code: 0 });
    const end = await run(["recover"], behind(lenient));
    expect(end).toMatchObject({ code: 3 });
    expect(end.stderr).toContain("connection pooler stands before");
  });
});
