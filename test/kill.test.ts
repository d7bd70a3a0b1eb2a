import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { holdBatches, holdEnd, settled } from "./support/barrier.ts";
import { killAt, start, succeed } from "./support/cli.ts";
import { freshDatabase, type TestDatabase } from "./support/database.ts";
import { cloned, digestOf, query } from "./support/fleet.ts";

const WORDS = {
  generate: ["generate", "--devices", "2000", "--batch-size", "500", "--campaign", "torn"],
  corrupt: ["corrupt", "--fault-rate", "0.2", "--batch-size", "500"],
  recover: ["recover", "--batch-size", "500"],
};
type Stage = keyof typeof WORDS;
const STAGES: readonly Stage[] = ["generate", "corrupt", "recover"];
const BOUNDARIES = [0, 1, 2, 3];
/** Stages of which several batches may be under way at once; of the others a worker has one. */
const SENDS_AHEAD: ReadonlySet<Stage> = new Set(["generate"]);
const TABLE = {
  generate: "stored_report",
  corrupt: "fault_ledger",
  recover:
    "(SELECT bucket, device_id FROM recovery_actions UNION ALL SELECT bucket, device_id FROM triage_queue) decided",
};

/** For each stage: the database before it, and the digest that an unbroken run of it ends with. */
const before = {} as Record<Stage, TestDatabase>;
const unbroken = {} as Record<Stage, string>;

beforeAll(async () => {
  let database = await freshDatabase();
  for (const stage of STAGES) {
    before[stage] = database;
    database = await cloned(database);
    await succeed([...WORDS[stage], "--workers", "1"], database.url);
    unbroken[stage] = await digestOf(database.url);
  }
  await database.drop();
});
afterAll(async () => {
  for (const database of Object.values(before)) await database.drop();
});

const committed = async (url: string, stage: Stage): Promise<number[]> =>
  (
    await query<{ batch_no: number }>(url, "SELECT batch_no FROM batch_ledger WHERE stage = $1 ORDER BY batch_no", [
      stage,
    ])
  ).map(({ batch_no }) => batch_no);

/**
 * What is committed is whole and nothing but the first batches, up to this one; of a stage that sends ahead the server may find more
 * batches in what it has received already when the command dies, and stores them as it stores any.
 */
async function expectFirst(url: string, stage: Stage, batches: number): Promise<void> {
  const done = await committed(url, stage);
  expect(done).toEqual(BOUNDARIES.slice(0, done.length));
  expect(done.length).toBeGreaterThanOrEqual(batches);
  if (!SENDS_AHEAD.has(stage)) expect(done).toHaveLength(batches);
  await expectWhole(url, stage);
}

async function expectWhole(url: string, stage: Stage): Promise<void> {
  const [sums] = await query<{ ledger: number; stored: number }>(
    url,
    `SELECT (SELECT coalesce(sum(rows), 0)::int FROM batch_ledger WHERE stage = $1) AS ledger,
       (SELECT count(*)::int FROM ${TABLE[stage]}) AS stored`,
    [stage],
  );
  expect(sums?.stored).toBe(sums?.ledger);
}

async function expectUnbroken(url: string, stage: Stage): Promise<void> {
  expect(await committed(url, stage)).toEqual(BOUNDARIES);
  await expectWhole(url, stage);
  expect(await digestOf(url)).toBe(unbroken[stage]);
}

describe.each(STAGES)("%s", (stage) => {
  const again = [...WORDS[stage], "--workers", "1"];
  const resume = [stage, "--resume", "--workers", "1"];

  test("killed before every commit in turn, and resumed: nothing of the batch is left", async () => {
    const database = await cloned(before[stage]);
    for (const batch of BOUNDARIES) {
      const barrier = await holdBatches(database.url, `NEW.stage = '${stage}' AND NEW.batch_no = ${batch}`);
      await killAt(batch % 2 === 0 ? again : resume, database.url, barrier);
      await barrier.abort();
      await barrier.close();
      // What was sent behind the batch goes down with its session, so not even a stage that sends ahead gets further.
      await settled(database.url);
      expect(await committed(database.url, stage)).toEqual(BOUNDARIES.slice(0, batch));
      await expectWhole(database.url, stage);
    }
    await succeed(resume, database.url);
    await expectUnbroken(database.url, stage);
    await database.drop();
  });

  test("killed during every commit in turn, which the server completes unheard: the batch is done once", async () => {
    const database = await cloned(before[stage]);
    for (const batch of BOUNDARIES) {
      if ((await committed(database.url, stage)).includes(batch)) continue;
      const barrier = await holdBatches(database.url, `NEW.stage = '${stage}' AND NEW.batch_no = ${batch}`);
      await killAt(batch % 2 === 0 ? resume0(batch) : again, database.url, barrier);
      await barrier.pass();
      await barrier.close();
      await settled(database.url);
      await expectFirst(database.url, stage, batch + 1);
    }
    await succeed(again, database.url);
    await expectUnbroken(database.url, stage);
    await database.drop();
  });

  /** There is nothing to resume before a campaign's first batch was tried. */
  function resume0(batch: number): string[] {
    return batch === 0 ? again : resume;
  }

  test("killed after its last commit, before it could say so", async () => {
    const database = await cloned(before[stage]);
    const barrier = await holdEnd(database.url);
    await killAt(again, database.url, barrier);
    await barrier.abort();
    await barrier.close();
    await succeed(resume, database.url);
    await expectUnbroken(database.url, stage);
    const runs = await query(database.url, "SELECT result FROM run WHERE stage = $1 ORDER BY started_at", [stage]);
    expect(runs.map(({ result }) => result)).toEqual(["interrupted", "succeeded"]);
    await database.drop();
  });

  test("killed with two workers in the middle of a batch each; resumed by one", async () => {
    const database = await cloned(before[stage]);
    const barrier = await holdBatches(database.url, `NEW.stage = '${stage}' AND NEW.batch_no IN (1, 2)`);
    await killAt([...WORDS[stage], "--workers", "2"], database.url, barrier, 2);
    await barrier.abort();
    await barrier.close();
    expect(await committed(database.url, stage)).toEqual([0]);
    await succeed(resume, database.url);
    await expectUnbroken(database.url, stage);
    await database.drop();
  });

  test("resumed while the killed command's last batch still commits: waits for it, done once", async () => {
    const database = await cloned(before[stage]);
    const barrier = await holdBatches(
      database.url,
      `NEW.stage = '${stage}' AND NEW.batch_no = 1 AND NOT EXISTS (SELECT FROM run WHERE result = 'interrupted')`,
    );
    await killAt(again, database.url, barrier);
    const resumed = start(resume, { DATABASE_URL: database.url });
    await barrier.awaited();
    await barrier.pass();
    expect(await resumed.ended).toMatchObject({ code: 0 });
    await barrier.close();
    await expectUnbroken(database.url, stage);
    await database.drop();
  });
});
