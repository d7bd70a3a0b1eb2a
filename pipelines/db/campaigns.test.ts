import type pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freshDatabase, type TestDatabase } from "../../test/support/database.ts";
import { everyRow, query, session } from "../../test/support/fleet.ts";
import { REPORT_COLUMNS } from "../domain/vocabulary.ts";
import {
  campaignFor,
  createCampaign,
  deleteCampaign,
  findCampaign,
  makeCurrent,
  type NewCampaign,
} from "./campaigns.ts";
import { externalTarget, type Target } from "./connect.ts";
import { type KeyBuild, keyDecisions, keyReports, reportsAreKeyed } from "./partitions.ts";

let database: TestDatabase;
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

const made = (name: string): NewCampaign => ({
  name,
  title: "Trusty Finch rollout",
  owner: null,
  source: "generated",
  source_file: null,
  source_sha256: "00",
  firmware_to: "4.1.0",
  seed: Number.MAX_SAFE_INTEGER,
  device_count: 1,
  rejected_count: 0,
  batch_size: 500,
  reported_columns: REPORT_COLUMNS,
});

/** A campaign with a row in every table that hangs on one. */
const campaign = (name: string, devices = 1) =>
  session(database.url, async (client) => {
    const rejects = [{ rowNo: 7, reason: "a\ttab", deviceId: "x\\y" }];
    const words = {
      profiles: [["EU", null, "a\tb", "1", "2"]],
      outcomes: [[null, "QUEUED", "E", "Partial", "Partial"]],
    };
    const entered = await createCampaign(client, { ...made(name), device_count: devices }, { rejects, words });
    const id = entered.campaign_id;
    await client.query(`
      INSERT INTO stored_report (bucket, campaign_id, device_no, profile_no, outcome_no, device_id) VALUES (1, ${id}, 0, 0, 0, 'a');
      INSERT INTO fault_ledger VALUES (1, ${id}, 'a', 'battery_voltage', 'null', '12', NULL, 0);
      INSERT INTO decision_rule VALUES (1, 'RETRY_UPDATE', 'Recovered', 'p', 1, 'r') ON CONFLICT DO NOTHING;
      INSERT INTO decision VALUES (1, ${id}, 0, 1, 1, 0);
      INSERT INTO triage_queue VALUES (2, ${id}, 'b', 'r', 1, 'battery_voltage', NULL, NULL, '[]', 'open', 1, 0, 0, 0);
      INSERT INTO batch_ledger VALUES (${id}, 'generate', 1, 0, 1, gen_random_uuid(), 0, 1, '');
      INSERT INTO run VALUES (gen_random_uuid(), ${id}, 'generate', '{}', '0', 'h', now(), now(), 'succeeded', NULL);
      INSERT INTO validation_result VALUES (${id}, 'c', 1, 'p', 'e', 'a', true, 'q', gen_random_uuid())`);
    return entered;
  });

const HANGING = [
  ...["device_profile", "update_outcome", "stored_report", "fault_ledger", "decision", "triage_queue", "batch_ledger"],
  ...["run", "validation_result", "device_report", "recovery_actions"],
];
const left = async () => {
  const parts = [...HANGING, "import_reject", "campaign"].map((table) => `SELECT campaign_id FROM ${table}`);
  return (await query<{ campaign_id: number }>(database.url, parts.join(" UNION ALL "))).map((row) => row.campaign_id);
};

test("a campaign is found as it was entered, and is the current one", async () => {
  const entered = await campaign("one");
  await session(database.url, async (client) => {
    expect(await findCampaign(client, "one")).toEqual(entered);
    expect(await campaignFor(client, undefined)).toEqual(entered);
    expect(entered.seed).toBe(Number.MAX_SAFE_INTEGER);
  });
  expect(await query(database.url, "SELECT row_no::int, reason, device_id FROM import_reject")).toEqual([
    { row_no: 7, reason: "a\ttab", device_id: "x\\y" },
  ]);
});

test("ota_logs answers for the campaign that was made current last, and for none once that is deleted", async () => {
  const shown = async () =>
    (await query(database.url, "SELECT campaign_id FROM ota_logs")).map(({ campaign_id }) => campaign_id);
  const one = await campaign("one");
  const two = await campaign("two");
  expect(await shown()).toEqual([two.campaign_id]);
  await session(database.url, (client) => makeCurrent(client, one));
  expect(await shown()).toEqual([one.campaign_id]);
  await session(database.url, (client) => deleteCampaign(client, one));
  expect(await shown()).toEqual([]);
});

test("an unknown name is refused with those that there are", async () => {
  await campaign("one");
  await campaign("two");
  const asked = session(database.url, (client) => campaignFor(client, "three"));
  await expect(asked).rejects.toMatchObject({ exitCode: 2, remedy: "There are: two, one." });
});

test("a name stands for one campaign", async () => {
  await campaign("one");
  await expect(campaign("one")).rejects.toMatchObject({ code: "23505" });
});

test("the only campaign is deleted with all that hangs on it", async () => {
  const one = await campaign("one");
  await session(database.url, (client) => deleteCampaign(client, one));
  expect(await left()).toEqual([]);
  await expect(session(database.url, (client) => campaignFor(client, undefined))).rejects.toMatchObject({
    exitCode: 2,
  });
});

test("one of two is deleted, and the other keeps every row", async () => {
  const one = await campaign("one");
  const two = await campaign("two");
  await session(database.url, (client) => makeCurrent(client, one));
  await session(database.url, (client) => deleteCampaign(client, two));
  expect(await left()).toEqual(new Array(HANGING.length + 2).fill(one.campaign_id));
});

test.each([
  "TABLE invoices (id int)",
  "VIEW invoices AS SELECT 1 AS id",
  "MATERIALIZED VIEW invoices AS SELECT 1 AS id",
])("where a stranger's %s is, nothing is deleted", async (stranger) => {
  const one = await campaign("one");
  await query(database.url, `CREATE ${stranger}`);
  const before = await everyRow(database.url);
  const refusal = session(database.url, (client) => deleteCampaign(client, one));
  await expect(refusal).rejects.toMatchObject({ exitCode: 3, message: expect.stringContaining("also holds invoices") });
  expect(await everyRow(database.url)).toEqual(before);
});

const partitions = async () =>
  (await query(database.url, "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' ORDER BY 1")).map(
    ({ relname }) => relname,
  );

test("a campaign brings its partitions and its words, and takes them with it", async () => {
  const one = await campaign("one");
  await campaign("two");
  expect(await partitions()).toEqual(["decision_1", "decision_2", "stored_report_1", "stored_report_2"]);
  expect(await query(database.url, "SELECT hardware, last_stage FROM device_report WHERE campaign_id = 1")).toEqual([
    { hardware: "a\tb", last_stage: "QUEUED" },
  ]);
  await session(database.url, (client) => deleteCampaign(client, one));
  expect(await partitions()).toEqual(["decision_2", "stored_report_2"]);
});

test("a campaign whose name is taken leaves no partition behind", async () => {
  await campaign("one");
  await expect(campaign("one")).rejects.toMatchObject({ code: "23505" });
  expect(await partitions()).toEqual(["decision_1", "stored_report_1"]);
});

const builder = (client: pg.ClientBase, signal = new AbortController().signal): KeyBuild => ({
  client,
  target: externalTarget({ databaseUrl: database.url, env: {} }) as Target,
  signal,
});

/** Adds the first device and the first decision once more. */
const TWICE = [
  "INSERT INTO stored_report SELECT * FROM stored_report ORDER BY bucket LIMIT 1",
  "INSERT INTO decision SELECT * FROM decision ORDER BY bucket LIMIT 1",
];

test.each([1, 300_000])("the keys of a campaign of %i devices are built once, and hold", (devices) =>
  session(database.url, async (client) => {
    const { campaign_id: id } = await campaign("one", devices);
    expect(await reportsAreKeyed(client, id)).toBe(false);
    expect(await keyReports(builder(client), id)).toBe(true);
    expect(await keyReports(builder(client), id)).toBe(false);
    for (let time = 0; time < 2; time++) await keyDecisions(builder(client), id);
    expect(await reportsAreKeyed(client, id)).toBe(true);
    for (const statement of TWICE) await expect(client.query(statement)).rejects.toMatchObject({ code: "23505" });
  }),
);

test.each([1, 300_000])("a key that two of %i devices share can't be built, and says so by its SQLSTATE", (devices) =>
  session(database.url, async (client) => {
    const { campaign_id: id } = await campaign("one", devices);
    for (const statement of TWICE) await client.query(statement);
    await expect(keyReports(builder(client), id)).rejects.toMatchObject({ code: "23505" });
    await expect(keyDecisions(builder(client), id)).rejects.toMatchObject({ code: "23505" });
    expect(await reportsAreKeyed(client, id)).toBe(false);
  }),
);

test("of two halves with one key the other is keyed, and a raised flag keeps any from being begun", () =>
  session(database.url, async (client) => {
    const { campaign_id: id } = await campaign("one", 300_000);
    const stop = new AbortController();
    stop.abort(new Error("stopped"));
    await expect(keyReports(builder(client, stop.signal), id)).rejects.toThrow("stopped");
    expect(await query(database.url, "SELECT FROM pg_indexes WHERE tablename LIKE 'stored_report_1%'")).toEqual([]);
    await client.query("ALTER TABLE stored_report_1_1 ADD PRIMARY KEY (bucket, device_id)");
    expect(await reportsAreKeyed(client, id)).toBe(false);
    expect(await keyReports(builder(client), id)).toBe(true);
    expect(await reportsAreKeyed(client, id)).toBe(true);
  }));

test("halves go with their campaign", async () => {
  const one = await campaign("one", 300_000);
  expect(await partitions()).toEqual(["decision_1_0", "decision_1_1", "stored_report_1_0", "stored_report_1_1"]);
  await session(database.url, (client) => deleteCampaign(client, one));
  expect(await partitions()).toEqual([]);
});
