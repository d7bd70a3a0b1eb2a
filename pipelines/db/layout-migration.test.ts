import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { command, done, PROJECT, type Said } from "../../test/support/command.ts";
import { emptyDatabase, freshDatabase, type TestDatabase } from "../../test/support/database.ts";
import { cloned, query, session } from "../../test/support/fleet.ts";
import { hostileValues } from "../../test/support/hostile.ts";
import { type Folder, folder } from "../../test/support/import-files.ts";
import { fillOldSchema, makeOldSchema, sealOldLedger } from "../../test/support/old-layout.ts";
import { fleet } from "../domain/fleet.ts";
import { reference } from "../reference.ts";
import { campaignDigest } from "./digest.ts";
import { migrate } from "./migrate.ts";

const SPRING = { campaign: "spring", devices: 5_000, batchSize: 500, seed: 7 };
const IMPORT = { campaign: "import", batchSize: 70 };
const TORN = { campaign: "torn", devices: 1_000, batchSize: 300 };
const NAMES = ["spring", "import", "torn"];

const values = hostileValues(700);
const value = (at: number) => values[at % values.length] ?? null;
const ROWS = Array.from({ length: 500 }, (_, no) => ({
  device_id: no % 3 === 0 ? `quo"te'\t\\${no}` : `plain-${no}`,
  region: value(no),
  model: no % 5 === 0 ? null : `a\tb'c"${no % 4}`,
  error_code: no % 7 === 0 ? "" : value(no % 11),
  battery_voltage: no % 4 === 0 ? "12.9" : value(no + 3),
  signal_strength: no % 4 === 0 ? "70" : value(no + 5),
  update_status: no % 2 === 0 ? "Partial" : "Success",
}));

let files: Folder;
let file: string;
/** The import before chaos. */
let clean: string | undefined;
/** The campaigns whole, in the new layout. */
let whole: TestDatabase;
/** The same in the old layout, two of them stopped part-way. */
let old: TestDatabase;
const digests = (url: string) =>
  session(url, async (client) => {
    const { rows } = await client.query<{ id: number; name: string }>("SELECT campaign_id AS id, name FROM campaign");
    const digests: Record<string, string> = {};
    for (const { id, name } of rows) digests[name] = await campaignDigest(client, id);
    return digests;
  });

beforeAll(async () => {
  files = folder();
  whole = await freshDatabase();
  await done("generate", whole.url, SPRING);
  await done("corrupt", whole.url, { campaign: "spring", faultRate: 0.1 });
  await done("recover", whole.url, { campaign: "spring" });
  file = await files.rows("odd", "json", ROWS);
  await done("generate", whole.url, { ...IMPORT, from: file });
  clean = (await digests(whole.url)).import;
  await done("corrupt", whole.url, { campaign: "import", faultRate: 0.1 });
  await done("recover", whole.url, { campaign: "import" });
  await done("generate", whole.url, TORN);
  old = await emptyDatabase();
  await session(old.url, async (client) => {
    await makeOldSchema(client);
    await session(whole.url, (from) => fillOldSchema(client, from));
    await asOnceStored(client);
    await stopPartWay(client);
    await releaseTwo(client);
    await sealOldLedger(client);
  });
});
afterAll(async () => {
  files.remove();
  await whole.drop();
  await old.drop();
});

/** The old code stored a generated fleet in the order of its indexes. */
async function asOnceStored(client: pg.Client): Promise<void> {
  for (const { campaign, devices, batchSize, seed = 42 } of [SPRING, TORN] as (typeof SPRING)[]) {
    const reportAt = fleet(reference(PROJECT).fleet(), devices, seed);
    const ids = Array.from({ length: devices }, (_, index) => reportAt(index).deviceId);
    await client.query(
      `UPDATE device_report r SET batch_no = (i.place - 1) / $2 FROM unnest($1::text[]) WITH ORDINALITY AS i (id, place), campaign c
       WHERE r.device_id = i.id AND c.campaign_id = r.campaign_id AND c.name = $3`,
      [ids, batchSize, campaign],
    );
  }
}

/** Of the import's first pass of recovery two batches are done; of the third campaign's fleet the first and the third, and some chaos. */
async function stopPartWay(client: pg.Client): Promise<void> {
  await client.query(`
    DELETE FROM recovery_actions WHERE campaign_id = 2 AND batch_no NOT IN (1, 3);
    DELETE FROM triage_queue WHERE campaign_id = 2 AND batch_no NOT IN (1, 3);
    DELETE FROM batch_ledger WHERE campaign_id = 2 AND stage = 'recover' AND batch_no NOT IN (1, 3);
    INSERT INTO fault_ledger SELECT bucket, 3, device_id, 'signal_strength', 'null', signal_strength, NULL, 0 FROM device_report
    WHERE campaign_id = 3 AND batch_no = 0 LIMIT 5;
    UPDATE device_report r SET signal_strength = NULL FROM fault_ledger f WHERE f.campaign_id = 3 AND f.device_id = r.device_id;
    INSERT INTO batch_ledger (campaign_id, stage, pass, batch_no, batches, run_id, worker, rows, checksum)
    SELECT 3, 'corrupt', 1, 0, 4, run_id, 0, 5, '' FROM batch_ledger WHERE campaign_id = 3 AND batch_no = 0;
    UPDATE campaign SET fault_rate = 0.015, fault_profile = 'default', fault_seed = 42 WHERE campaign_id = 3;
    DELETE FROM device_report WHERE campaign_id = 3 AND batch_no NOT IN (0, 2);
    DELETE FROM batch_ledger WHERE campaign_id = 3 AND batch_no NOT IN (0, 2)`);
}

/** A person has released two devices; one of them was recovered since, in a second pass of four batches. */
async function releaseTwo(client: pg.Client): Promise<void> {
  await client.query(`
    UPDATE triage_queue SET state = 'released'
    WHERE device_id IN (SELECT device_id FROM triage_queue WHERE campaign_id = 1 ORDER BY device_id LIMIT 2);
    INSERT INTO batch_ledger (campaign_id, stage, pass, batch_no, batches, run_id, worker, rows, checksum)
    SELECT campaign_id, stage, 2, batch_no, batches, run_id, 1, 0, '' FROM batch_ledger WHERE campaign_id = 1 AND stage = 'recover';
    INSERT INTO recovery_actions
    SELECT t.bucket, 1, t.device_id, 'FORCE_ROLLBACK', 'default', 3, 'tab''s', 2, t.batch_no, 1, t.batch_no, l.started_at
    FROM triage_queue t JOIN batch_ledger l ON l.campaign_id = 1 AND l.stage = 'recover' AND l.pass = 2 AND l.batch_no = t.batch_no
    WHERE t.state = 'released' ORDER BY t.device_id LIMIT 1`);
}

const SHOWN = [
  ...["device_report", "recovery_actions", "device_status", "ota_logs", "triage_queue", "fault_ledger", "campaign"],
  ...["import_reject", "run", "current_campaign"],
];

/** Every row of what people ask, as text, and the names and types of its columns. */
const shown = (url: string) =>
  session(url, async (client) => {
    const all: Record<string, unknown> = {};
    for (const name of SHOWN) {
      const { rows } = await client.query<{ row: string }>(
        `SELECT to_json(t)::text COLLATE "C" AS row FROM ${name} t ORDER BY 1`,
      );
      const { rows: columns } = await client.query(
        "SELECT attname, format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        [name],
      );
      all[name] = [columns, rows.map(({ row }) => row)];
    }
    return all;
  });

async function migrated(): Promise<TestDatabase> {
  const database = await cloned(old);
  await session(database.url, migrate);
  return database;
}

const failed = ({ events }: Said) =>
  events.flatMap(({ event, name, passed }) => (event === "check" && !passed ? [String(name)] : []));

test("the old layout holds what it should, before anything moves", async () => {
  const [counts] = await query(
    old.url,
    `SELECT (SELECT count(*)::int FROM device_report) AS reports, (SELECT count(*)::int FROM fault_ledger) AS faults,
       (SELECT count(*)::int FROM recovery_actions) AS actions, (SELECT count(*)::int FROM triage_queue WHERE state = 'open') AS held,
       (SELECT count(*)::int FROM triage_queue WHERE state = 'released') AS released`,
  );
  expect(counts).toMatchObject({ reports: 5_000 + 500 + 600, released: 2 });
  for (const few of ["faults", "actions", "held"]) expect(counts?.[few]).toBeGreaterThan(100);
});

test("every view shows the same rows as the tables before, with the same columns, and the digests are the same", async () => {
  // All but the fleet that was stopped part-way, which is made again: below.
  const complete = await cloned(old);
  await query(
    complete.url,
    ["device_report", "fault_ledger", "batch_ledger"]
      .map((table) => `DELETE FROM ${table} WHERE campaign_id = 3`)
      .join("; "),
  );
  // What migration 6 adds: versions, and what persons say of telemetry, which the digest looks for.
  await query(
    complete.url,
    `CREATE TABLE telemetry_amendment (bucket int, campaign_id int, device_id text, field text, value text, waived_rule text);
     ALTER TABLE triage_queue ADD COLUMN version int NOT NULL DEFAULT 1;
     UPDATE triage_queue SET version = 2 WHERE state = 'released'`,
  );
  // What migration 7 adds: what a decision comes to.
  await query(
    complete.url,
    `ALTER TABLE recovery_actions ADD COLUMN fate text, ADD COLUMN retry_after_minutes double precision, ADD COLUMN attempts_after int;
     UPDATE recovery_actions a
     SET fate = CASE a.action WHEN 'RETRY_UPDATE' THEN 'retry' ELSE 'rollback' END,
       retry_after_minutes = CASE a.action WHEN 'RETRY_UPDATE' THEN 0 END,
       attempts_after = r.attempts::int + CASE a.action WHEN 'RETRY_UPDATE' THEN 1 ELSE 0 END
     FROM device_report r
     WHERE (r.bucket, r.campaign_id, r.device_id) = (a.bucket, a.campaign_id, a.device_id)`,
  );
  // What migration 8 adds: recovery of the third campaign alone has not begun.
  await query(
    complete.url,
    "ALTER TABLE campaign ADD COLUMN counts_contradictions boolean; UPDATE campaign SET counts_contradictions = campaign_id = 3",
  );
  // What migration 9 adds: whose rules a campaign goes by.
  await query(complete.url, "ALTER TABLE campaign ADD COLUMN rules text NOT NULL DEFAULT 'default'");
  const before = { shown: await shown(complete.url), digests: await digests(complete.url) };
  await complete.drop();
  const database = await migrated();
  const after = await shown(database.url);
  for (const name of SHOWN) expect([name, after[name]]).toEqual([name, before.shown[name]]);
  expect(await digests(database.url)).toEqual(before.digests);
  await database.drop();
});

test("all promises that held before hold, with the ledger's checksums and the keys", async () => {
  const database = await migrated();
  const said = await command("validate", database.url, { campaign: "spring" });
  // One released device is undecided still, and the one that was recovered was so by a policy that is not the shipped one.
  expect(failed(said)).toEqual(["one_outcome", "decisions_agree", "rerun_changes_nothing"]);
  // Two batches of the import's first pass are missing.
  const imported = await command("validate", database.url, { campaign: "import" });
  expect(failed(imported)).toEqual(["one_outcome", "rerun_changes_nothing", "batches_complete"]);
  await database.drop();
});

test("keys stand, words are numbered from 0 without a gap, and every number has its words", async () => {
  const database = await migrated();
  const keys = await query<{ name: string; key: string }>(
    database.url,
    `SELECT c.relname AS name, pg_get_constraintdef(k.oid) AS key FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
     WHERE k.contype = 'p' AND c.relispartition ORDER BY 1`,
  );
  const decided = "PRIMARY KEY (bucket, device_no)";
  const stored = "PRIMARY KEY (bucket, device_id)";
  expect(keys).toEqual([
    { name: "decision_1", key: decided },
    { name: "decision_2", key: decided },
    ...[1, 2].map((id) => ({ name: `stored_report_${id}`, key: stored })),
  ]);
  for (const [table, number] of [
    ["device_profile", "profile_no"],
    ["update_outcome", "outcome_no"],
  ]) {
    const odd = `SELECT campaign_id FROM ${table} GROUP BY 1 HAVING min(${number}) <> 0 OR max(${number}) <> count(*) - 1`;
    expect(await query(database.url, odd)).toEqual([]);
    const lost = `SELECT FROM stored_report r LEFT JOIN ${table} w USING (campaign_id, ${number}) WHERE w.campaign_id IS NULL`;
    expect(await query(database.url, lost)).toEqual([]);
  }
  const places = await query(
    database.url,
    "SELECT campaign_id, count(DISTINCT device_no)::int AS places, count(*)::int AS devices FROM stored_report GROUP BY 1",
  );
  expect(places.filter((row) => row.places !== row.devices)).toEqual([]);
  await database.drop();
});

test("a first pass of recovery that was stopped goes on with its own plan, to the same end", async () => {
  const database = await migrated();
  await done("recover", database.url, { campaign: "import", workers: 2 });
  expect((await digests(database.url)).import).toBe((await digests(whole.url)).import);
  expect((await command("validate", database.url, { campaign: "import" })).error).toBeUndefined();
  await database.drop();
});

test("an import that was stopped part-way goes on with the words that it has", async () => {
  const torn = await cloned(old);
  await query(
    torn.url,
    `DELETE FROM device_report WHERE campaign_id = 2 AND batch_no IN (1, 4, 5);
     DELETE FROM recovery_actions WHERE campaign_id = 2; DELETE FROM triage_queue WHERE campaign_id = 2;
     UPDATE device_report r SET battery_voltage = CASE f.field WHEN 'battery_voltage' THEN f.before_value ELSE r.battery_voltage END,
       signal_strength = CASE f.field WHEN 'signal_strength' THEN f.before_value ELSE r.signal_strength END
     FROM fault_ledger f WHERE f.campaign_id = 2 AND (f.bucket, f.campaign_id, f.device_id) = (r.bucket, r.campaign_id, r.device_id);
     DELETE FROM fault_ledger WHERE campaign_id = 2; UPDATE campaign SET fault_rate = NULL WHERE campaign_id = 2;
     DELETE FROM batch_ledger WHERE campaign_id = 2 AND (stage <> 'generate' OR batch_no IN (1, 4, 5))`,
  );
  await session(torn.url, migrate);
  await done("generate", torn.url, { ...IMPORT, from: file, resume: true });
  expect((await digests(torn.url)).import).toBe(clean);
  await torn.drop();
});

test("a generated fleet that was stopped part-way is made again, and becomes whole", async () => {
  const database = await migrated();
  await done("generate", database.url, { campaign: "torn", resume: true, workers: 2 });
  expect((await digests(database.url)).torn).toBe((await digests(whole.url)).torn);
  await done("corrupt", database.url, { campaign: "torn" });
  await done("recover", database.url, { campaign: "torn" });
  expect((await command("validate", database.url, { campaign: "torn" })).error).toBeUndefined();
  await database.drop();
});

test("a second time nothing is touched, and each campaign can be deleted", async () => {
  const database = await migrated();
  const before = await shown(database.url);
  await session(database.url, migrate);
  expect(await shown(database.url)).toEqual(before);
  await query(database.url, "UPDATE run SET result = 'succeeded'");
  for (const campaign of NAMES) await done("generate", database.url, { campaign, devices: 10, replace: true });
  expect(await query(database.url, "SELECT count(*)::int AS devices FROM device_report")).toEqual([{ devices: 30 }]);
  await database.drop();
});

test("an old schema without a campaign moves over, and a new fleet goes through every promise", async () => {
  const database = await emptyDatabase();
  await session(database.url, async (client) => {
    await makeOldSchema(client);
    await migrate(client);
  });
  expect(await query(database.url, "SELECT * FROM ota_logs")).toEqual([]);
  await done("generate", database.url, { devices: 500 });
  await done("recover", database.url);
  expect((await command("validate", database.url)).error).toBeUndefined();
  await database.drop();
});

test("where two old reports have one key, nothing moves at all", async () => {
  const database = await cloned(old);
  const before = await shown(database.url);
  // No row of the old schema can be so by its own key; without it the new one must refuse.
  await query(
    database.url,
    "ALTER TABLE device_report DROP CONSTRAINT device_report_pkey; INSERT INTO device_report SELECT * FROM device_report LIMIT 1",
  );
  await expect(session(database.url, migrate)).rejects.toThrow();
  await query(
    database.url,
    "DELETE FROM device_report d WHERE ctid = (SELECT max(ctid) FROM device_report o WHERE (o.bucket, o.campaign_id, o.device_id) = (d.bucket, d.campaign_id, d.device_id) HAVING count(*) > 1)",
  );
  expect(await shown(database.url)).toEqual(before);
  await database.drop();
});
