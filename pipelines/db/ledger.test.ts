import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase, type TestDatabase } from "../../test/support/database.ts";
import { query, session } from "../../test/support/fleet.ts";
import { Checksum } from "../domain/checksum.ts";
import { fleetWords } from "../domain/fleet.ts";
import { REPORT_COLUMNS } from "../domain/vocabulary.ts";
import { reference } from "../reference.ts";
import type { Task } from "../workers/protocol.ts";
import { batchTask } from "../workers/tasks.ts";
import { createCampaign } from "./campaigns.ts";
import { CopyPipeline } from "./copy-in.ts";
import { campaignDigest } from "./digest.ts";
import { acquireWriteLease } from "./lease.ts";
import { committedBatches, committedRows, lastPass, type Pass } from "./ledger.ts";
import { keyReports } from "./partitions.ts";
import { isDuplicate, withRetry } from "./retry.ts";
import type { Link } from "./session.ts";

const inputs = reference(fileURLToPath(new URL("../..", import.meta.url)));
const LEASE = randomUUID();
const DEVICES = 800;
const BATCH = 200;
const pass = (stage: Pass["stage"]): Pass => ({
  campaignId: 1,
  stage,
  pass: 1,
  batches: 4,
  runId: randomUUID(),
  leaseId: LEASE,
});
const BASE = { seed: 3, reported: REPORT_COLUMNS, versions: [] };
const TASKS: readonly Task[] = [
  {
    stage: "generate",
    pass: pass("generate"),
    fleet: inputs.fleet(),
    seed: 3,
    deviceCount: DEVICES,
    batchSize: BATCH,
    inFlight: 1,
  },
  {
    ...BASE,
    stage: "corrupt",
    pass: pass("corrupt"),
    profile: inputs.faultProfile("default"),
    rate: 0.3,
    generated: { devices: DEVICES, seed: 3 },
  },
  {
    ...BASE,
    stage: "recover",
    pass: pass("recover"),
    rules: inputs.rules("default"),
    policy: inputs.policy("default"),
    ruleNos: [1, 2],
  },
];

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await inSession((client) => acquireWriteLease(client, LEASE, "a test"));
  await inSession((client) =>
    createCampaign(
      client,
      {
        ...{ name: "c", title: "t", owner: null, source: "generated", source_file: null, source_sha256: "00" },
        ...{ firmware_to: null, seed: 3, device_count: DEVICES, rejected_count: 0, batch_size: BATCH },
        reported_columns: REPORT_COLUMNS,
      },
      { words: fleetWords(inputs.fleet()) },
    ),
  );
  await query(
    database.url,
    `INSERT INTO decision_rule VALUES (1, 'RETRY_UPDATE', 'Recovered', 'default', 1, 'battery_above_12_5'),
       (2, 'FORCE_ROLLBACK', 'Recovered', 'default', 1, 'otherwise')`,
  );
});
afterAll(() => database.drop());

const TABLES = ["stored_report", "fault_ledger", "decision", "triage_queue", "batch_ledger"];
const counts = () =>
  query(
    database.url,
    TABLES.map((table) => `SELECT '${table}' AS name, count(*)::int AS rows FROM ${table}`).join(" UNION ALL "),
  );
const digest = () => session(database.url, (client) => campaignDigest(client, 1));
const inSession = <T>(work: (client: pg.Client) => Promise<T>) => session(database.url, work);
const linked = <T>(work: (link: Link) => Promise<T>) =>
  inSession((client) => {
    const pipeline = new CopyPipeline(client);
    return work({ client, put: (parts, then) => pipeline.put(parts, then) });
  });

/** Stores a batch as a worker does: each attempt in a session of its own, and from the second on the ledger is asked first. */
async function asWorker(task: Task, batch: number, lose: (attempt: number) => void): Promise<number> {
  const { prepare, commit } = batchTask(task, 0);
  const prepared = await prepare(batch);
  return withRetry(
    (attempt) =>
      linked(async (link) => {
        const committed = attempt > 1 ? await committedRows(link.client, task.pass, batch) : undefined;
        const rows = committed ?? (await commit(link, batch, prepared));
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
  // As the stage does after its last batch; chaos finds its devices by the key.
  if (task.stage === "generate") {
    const target = { config: { connectionString: database.url }, label: "test", source: "test" };
    await inSession((client) => keyReports({ client, target, signal: new AbortController().signal }, 1));
  }
});

test.each(TASKS)("$stage: done again without asking, a batch is refused as a whole", async (task) => {
  const before = [await counts(), await digest()];
  const { prepare, commit } = batchTask(task, 0);
  const prepared = await prepare(2);
  const refusal = linked((link) => commit(link, 2, prepared));
  await expect(refusal).rejects.toSatisfy(isDuplicate);
  expect([await counts(), await digest()]).toEqual(before);
});

/** What the server makes of the rows that belong to each stage's batches. */
const SUMS = {
  generate: `SELECT device_no / ${BATCH} AS batch_no, count(*)::int AS rows, sum(hashtextextended(device_id, device_no))::text AS checksum
    FROM stored_report GROUP BY 1 ORDER BY 1`,
  corrupt: `SELECT batch_no, count(*)::int AS rows, sum(hashtextextended(device_id, 0))::text AS checksum
    FROM fault_ledger GROUP BY 1 ORDER BY 1`,
  recover: `SELECT batch_no, count(*)::int AS rows, sum(hashtextextended(device_no::text, rule_no))::text AS checksum
    FROM decision GROUP BY 1 ORDER BY 1`,
};

test.each(TASKS)("$stage: rows and checksum in the ledger are what the server makes of the rows", async ({ stage }) => {
  const ledger = await query(
    database.url,
    "SELECT batch_no, rows::int AS rows, checksum FROM batch_ledger WHERE stage = $1 ORDER BY batch_no",
    [stage],
  );
  expect(ledger).toHaveLength(4);
  expect(await query(database.url, SUMS[stage])).toEqual(ledger);
});

test("a checksum tells which number a device has, and is the same in whatever order they come", async () => {
  const stored = await query<{ device_id: string; device_no: number }>(
    database.url,
    "SELECT device_id, device_no FROM stored_report ORDER BY device_no",
  );
  const sum = (numberOf: (at: number) => number, rows = stored) => {
    const checksum = new Checksum();
    for (const [at, { device_id }] of rows.entries()) checksum.addText(device_id, numberOf(at));
    return String(checksum);
  };
  expect(sum((at) => at)).toBe(sum((at) => DEVICES - 1 - at, stored.toReversed()));
  expect(sum((at) => at)).not.toBe(sum((at) => at ^ 1));
});

test("before the first batch a stage has no pass, and a batch no rows", async () => {
  expect(await inSession((client) => lastPass(client, 2, "generate"))).toBeUndefined();
  expect(await inSession((client) => committedRows(client, { ...pass("generate"), campaignId: 2 }, 0))).toBeUndefined();
});
