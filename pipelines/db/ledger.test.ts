import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase, type TestDatabase } from "../../test/support/database.ts";
import { query, session } from "../../test/support/fleet.ts";
import { fleet } from "../domain/fleet.ts";
import { REPORT_COLUMNS } from "../domain/vocabulary.ts";
import { reference } from "../reference.ts";
import type { Task } from "../workers/protocol.ts";
import { batchTask } from "../workers/tasks.ts";
import { campaignDigest } from "./digest.ts";
import { batchChecksum, committedBatches, committedRows, lastPass, type Pass } from "./ledger.ts";
import { isDuplicate, withRetry } from "./retry.ts";

const inputs = reference(fileURLToPath(new URL("../..", import.meta.url)));
const DEVICES = 800;
const BATCH = 200;
const pass = (stage: Pass["stage"]): Pass => ({ campaignId: 1, stage, pass: 1, batches: 4, runId: randomUUID() });
const TASKS: readonly Task[] = [
  { stage: "generate", pass: pass("generate"), fleet: inputs.fleet(), seed: 3, deviceCount: DEVICES, batchSize: BATCH },
  {
    stage: "corrupt",
    pass: pass("corrupt"),
    profile: inputs.faultProfile("default"),
    rate: 0.3,
    seed: 3,
    reported: REPORT_COLUMNS,
  },
  {
    stage: "recover",
    pass: pass("recover"),
    rules: inputs.rules(),
    policy: inputs.policy("default"),
    reported: REPORT_COLUMNS,
  },
];

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

const TABLES = ["device_report", "fault_ledger", "recovery_actions", "triage_queue", "batch_ledger"];
const counts = () =>
  query(
    database.url,
    TABLES.map((table) => `SELECT '${table}' AS name, count(*)::int AS rows FROM ${table}`).join(" UNION ALL "),
  );
const digest = () => session(database.url, (client) => campaignDigest(client, 1));
const inSession = <T>(work: (client: pg.Client) => Promise<T>) => session(database.url, work);

/** Stores a batch as a worker does: each attempt in a session of its own, and from the second on the ledger is asked first. */
function asWorker(task: Task, batch: number, lose: (attempt: number) => void): Promise<number> {
  const { prepare, commit } = batchTask(task, 0);
  const prepared = prepare(batch);
  return withRetry(
    (attempt) =>
      inSession(async (client) => {
        const committed = attempt > 1 ? await committedRows(client, task.pass, batch) : undefined;
        const rows = committed ?? (await commit(client, batch, prepared));
        lose(attempt);
        return rows;
      }),
    { stopped: () => false, random: () => 0, onRetry: () => {} },
  );
}

test.each(TASKS)("$stage: a commit whose answer was lost is found in the ledger and not done again", async (task) => {
  for (let batch = 0; batch < task.pass.batches; batch++) {
    const told: number[] = [];
    const rows = await asWorker(task, batch, (attempt) => {
      told.push(attempt);
      if (attempt < 3) throw Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    });
    expect(told).toEqual([1, 2, 3]);
    expect(await inSession((client) => committedRows(client, task.pass, batch))).toBe(rows);
  }
  expect(await inSession((client) => committedBatches(client, task.pass))).toEqual([0, 1, 2, 3]);
  const last = await inSession((client) => lastPass(client, 1, task.stage));
  expect(last).toMatchObject({ pass: 1, batches: 4, committed: 4 });
  expect(last?.rows).toBeGreaterThan(0);
});

test.each(TASKS)("$stage: done again without asking, a batch is refused as a whole", async (task) => {
  const before = [await counts(), await digest()];
  const { prepare, commit } = batchTask(task, 0);
  const refusal = inSession((client) => commit(client, 2, prepare(2)));
  await expect(refusal).rejects.toSatisfy(isDuplicate);
  expect([await counts(), await digest()]).toEqual(before);
});

test("the checksum of a batch is what the server makes of its rows", async () => {
  const reportAt = fleet(inputs.fleet(), DEVICES, 3);
  const stored = await query<{ batch_no: number; checksum: string }>(
    database.url,
    `SELECT batch_no, md5(string_agg(device_id, E'\\n' ORDER BY bucket, device_id)) AS checksum
     FROM device_report GROUP BY batch_no ORDER BY batch_no`,
  );
  const made = stored.map(({ batch_no }) => ({
    batch_no,
    checksum: batchChecksum(Array.from({ length: BATCH }, (_, at) => reportAt(batch_no * BATCH + at)).reverse()),
  }));
  expect(made).toEqual(stored);
});

test("ids beyond ASCII are put in the order in which the server puts them", async () => {
  const ids = ["\u{1f50b}", "\uffee", "é", "e\u0301", "z", "Z", "~", "\u{10000}", "\ue000", "a", "A", "aa"];
  const [row] = await query<{ checksum: string }>(
    database.url,
    `SELECT md5(string_agg(id, E'\\n' ORDER BY id COLLATE "C")) AS checksum FROM unnest($1::text[]) id`,
    [ids],
  );
  expect(batchChecksum(ids.map((deviceId) => ({ bucket: 1, deviceId })))).toBe(row?.checksum);
});

test("before the first batch a stage has no pass, and a batch no rows", async () => {
  expect(await inSession((client) => lastPass(client, 2, "generate"))).toBeUndefined();
  expect(await inSession((client) => committedRows(client, { ...pass("generate"), campaignId: 2 }, 0))).toBeUndefined();
});
