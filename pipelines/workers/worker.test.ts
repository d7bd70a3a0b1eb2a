import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { type Barrier, holdBatches, until } from "../../test/support/barrier.ts";
import { command, done, type Said } from "../../test/support/command.ts";
import { freshDatabase, keptDatabases, type TestDatabase } from "../../test/support/database.ts";
import { cloned, digestOf, query, session } from "../../test/support/fleet.ts";
import { faultProxy } from "../chaos/proxy.ts";

const DEVICES = 4_000;
const OPTIONS = { devices: DEVICES, batchSize: 100, workers: 2 };
const BATCHES = 40;
/** Each way: by it a worker has about nine batches under way, which the server receives long before it may store them. */
const DELAY_MS = 4;

let empty: TestDatabase;
let unbroken: string;
const keep = keptDatabases();
beforeAll(async () => {
  empty = keep(await freshDatabase());
  const whole = keep(await cloned(empty));
  await done("generate", whole.url, OPTIONS);
  unbroken = await digestOf(whole.url);
});

const database = async (): Promise<string> => keep(await cloned(empty)).url;

const retries = ({ events }: Said) =>
  events.filter(({ text, event }) => event === "note" && / again \(\d/.test(String(text)));

async function expectUnbroken(url: string): Promise<void> {
  expect(await digestOf(url)).toBe(unbroken);
  const ledger = await query(url, "SELECT batch_no, rows::int AS rows FROM batch_ledger ORDER BY batch_no");
  expect(ledger).toEqual(Array.from({ length: BATCHES }, (_, batch_no) => ({ batch_no, rows: DEVICES / BATCHES })));
}

/** Stores the fleet over a slow link, while `meanwhile` does harm. */
async function generated(url: string, meanwhile: () => Promise<void>): Promise<Said> {
  const link = await faultProxy(url, [], { latencyMs: DELAY_MS });
  const [said] = await Promise.all([done("generate", link.url, OPTIONS), meanwhile()]);
  await link.close();
  return said;
}

/** Several batches of a worker wait behind the one that is held: all of them are lost with the session, and done again. */
test.each([0, 7, 16, 33])(
  "a session that is killed at batch %d with others behind it ends in a whole fleet",
  async (batch) => {
    const url = await database();
    const barrier: Barrier = await holdBatches(url, `NEW.batch_no = ${batch}`);
    const said = await generated(url, async () => {
      await barrier.reached();
      // Long enough for the rest of what may be under way to arrive.
      await pause(20 * DELAY_MS);
      await barrier.abort();
      await barrier.pass();
    });
    await barrier.close();
    expect(retries(said).length).toBeGreaterThan(2);
    await expectUnbroken(url);
  },
);

test("a worker has one session, however many batches it has under way", async () => {
  const url = await database();
  const barrier = await holdBatches(url, "NEW.batch_no IN (0, 20)");
  let sessions: Record<string, unknown>[] = [];
  await generated(url, async () => {
    await barrier.reached(2);
    await pause(20 * DELAY_MS);
    sessions = await query(
      url,
      "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY stored_report%'",
    );
    await barrier.pass();
  });
  await barrier.close();
  expect(sessions).toHaveLength(2);
  await expectUnbroken(url);
});

test("both workers' sessions are killed, again and again, at any moment", async () => {
  const url = await database();
  await query(
    url,
    `CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.02); RETURN NEW; END $$;
     CREATE TRIGGER linger BEFORE INSERT ON batch_ledger FOR EACH ROW EXECUTE FUNCTION linger()`,
  );
  let killed = 0;
  const said = await generated(url, () =>
    session(url, (client) =>
      until("six sessions are killed", async () => {
        const { rowCount } = await client.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'COPY stored_report%'`,
        );
        killed += rowCount ?? 0;
        await pause(rowCount ? 37 : 0);
        return killed >= 6;
      }),
    ),
  );
  await query(url, "DROP TRIGGER linger ON batch_ledger; DROP FUNCTION linger()");
  expect(retries(said).length).toBeGreaterThan(0);
  await expectUnbroken(url);
  await done("recover", url);
  expect((await command("validate", url)).error).toBeUndefined();
});

test("a batch that is refused for good ends the run, and what it had sent ahead is whole", async () => {
  const url = await database();
  await query(
    url,
    `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'never' USING ERRCODE = '22012'; END $$;
     CREATE TRIGGER refuse BEFORE INSERT ON batch_ledger FOR EACH ROW WHEN (NEW.batch_no = 5) EXECUTE FUNCTION refuse()`,
  );
  const link = await faultProxy(url, [], { latencyMs: DELAY_MS });
  const { error } = await command("generate", link.url, { ...OPTIONS, workers: 1 });
  expect(error).toMatchObject({ exitCode: 5, message: expect.stringContaining("never") });
  await link.close();
  const ledger = await query<{ batch_no: number }>(url, "SELECT batch_no FROM batch_ledger ORDER BY batch_no");
  const stored = ledger.map(({ batch_no }) => batch_no);
  expect(stored.slice(0, 5)).toEqual([0, 1, 2, 3, 4]);
  expect(stored).not.toContain(5);
  expect(stored.length).toBeLessThan(BATCHES);
  const found = await query(url, "SELECT DISTINCT device_no / 100 AS batch_no FROM stored_report ORDER BY 1");
  expect(found).toEqual(ledger);
  await query(url, "DROP TRIGGER refuse ON batch_ledger; DROP FUNCTION refuse()");
  await done("generate", url, OPTIONS);
  await expectUnbroken(url);
});
