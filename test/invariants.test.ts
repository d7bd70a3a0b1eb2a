import { afterAll, beforeAll, expect, test } from "vitest";
import type { StageRun } from "../pipelines/context.ts";
import { campaignFor } from "../pipelines/db/campaigns.ts";
import { checks } from "../pipelines/invariants.ts";
import { reference } from "../pipelines/reference.ts";
import { command, done, PROJECT, type Said } from "./support/command.ts";
import { freshDatabase, type TestDatabase } from "./support/database.ts";
import { cloned, query, session } from "./support/fleet.ts";

/** One row of a table, the same each time. */
const one = (table: string, condition = "true"): string =>
  `(bucket, device_id) = (SELECT bucket, device_id FROM ${table} WHERE ${condition} ORDER BY bucket, device_id LIMIT 1)`;
const change = (table: string, set: string, condition?: string): string =>
  `UPDATE ${table} SET ${set} WHERE ${one(table, condition)}`;
const remove = (table: string, condition?: string): string => `DELETE FROM ${table} WHERE ${one(table, condition)}`;
const decide = (from: string, condition: string): string =>
  `INSERT INTO recovery_actions SELECT bucket, campaign_id, device_id, 'RETRY_UPDATE', 'default', 1, 'battery_above_12_5', 1, 0, 0, 0
   FROM ${from} WHERE ${one(from, condition)}`;
const quarantine = (from: string, condition: string): string =>
  `INSERT INTO triage_queue SELECT bucket, campaign_id, device_id, 'battery_missing', 1, 'battery_voltage', NULL, NULL, '[]', 'open', 1, 0, 0, 0
   FROM ${from} WHERE ${one(from, condition)}`;
const batch = (set: string, stage: string): string =>
  `UPDATE batch_ledger SET ${set} WHERE stage = '${stage}' AND batch_no = 1`;

/** Each promise, and how it is broken. */
const BREAKS: readonly (readonly [check: string, how: string, statement: string])[] = [
  ["devices_stored", "a device is lost", remove("device_report", "update_status = 'Success'")],
  ["devices_stored", "the campaign claims one more", "UPDATE campaign SET device_count = device_count + 1"],
  ["one_outcome", "a decision is lost", remove("recovery_actions")],
  ["one_outcome", "a recovered device waits for a person too", quarantine("recovery_actions", "true")],
  ["batches_whole", "a report moves to another batch", change("device_report", "batch_no = 3", "batch_no = 0")],
  ["batches_whole", "a device takes another's place", change("device_report", "device_id = 'DEV-ffffffff'")],
  ["batches_whole", "the ledger counts otherwise", batch("rows = rows - 1", "generate")],
  ["batches_whole", "the ledger's checksum is another", batch("checksum = md5('')", "generate")],
  [
    "batches_whole",
    "the ledger knows nothing of a batch",
    "DELETE FROM batch_ledger WHERE stage = 'generate' AND batch_no = 3",
  ],
  [
    "decision_batches_whole",
    "a decision moves to another batch",
    change("recovery_actions", "batch_no = batch_no + 1"),
  ],
  ["decision_batches_whole", "a decision is lost", remove("triage_queue")],
  ["decision_batches_whole", "the ledger's checksum is another", batch("checksum = md5('')", "recover")],
  [
    "batches_complete",
    "a batch of chaos is missing",
    "DELETE FROM batch_ledger WHERE stage = 'corrupt' AND batch_no = 0",
  ],
  ["batches_complete", "a pass planned more", "UPDATE batch_ledger SET batches = batches + 1 WHERE stage = 'recover'"],
  ["durable", "the server answers before it flushes", "SET LOCAL synchronous_commit = off"],
  ["only_partial_decided", "a Success is recovered", decide("device_report", "update_status = 'Success'")],
  ["only_partial_decided", "a Success is quarantined", quarantine("device_report", "update_status = 'Success'")],
  ["only_partial_decided", "somebody unknown is recovered", change("recovery_actions", "device_id = 'nobody'")],
  ["decided_once_by_key", "the key is dropped", "ALTER TABLE recovery_actions DROP CONSTRAINT recovery_actions_pkey"],
  [
    "decided_once_by_key",
    "the key lets a device be decided by two workers",
    `ALTER TABLE recovery_actions DROP CONSTRAINT recovery_actions_pkey;
     ALTER TABLE recovery_actions ADD PRIMARY KEY (bucket, campaign_id, device_id, worker)`,
  ],
  ["not_both", "a recovered device is in triage", quarantine("recovery_actions", "true")],
  ["not_both", "a quarantined device is recovered", decide("triage_queue", "true")],
  [
    "raw_value_kept",
    "a byte is added",
    change("triage_queue", "raw_value = raw_value || ' '", "raw_value IS NOT NULL"),
  ],
  ["raw_value_kept", "the hash is of something else", change("triage_queue", "raw_sha256 = sha256('')")],
  [
    "raw_value_kept",
    "both are of another value",
    change("triage_queue", "raw_value = '1', raw_sha256 = sha256('1')", "raw_value IS NOT NULL"),
  ],
  [
    "raw_value_kept",
    "nothing becomes an empty text",
    change("triage_queue", "raw_value = '', raw_sha256 = sha256('')", "raw_value IS NULL"),
  ],
  ["rerun_changes_nothing", "a decision is lost", remove("recovery_actions")],
  ["rerun_changes_nothing", "a device is released and not decided", change("triage_queue", "state = 'released'")],
  ["no_gap_no_repeat", "a report is lost", remove("device_report")],
  ["no_gap_no_repeat", "a fault is lost", remove("fault_ledger")],
  ["no_gap_no_repeat", "the ledger counts a decision twice", batch("rows = rows + 1", "recover")],
  [
    "decisions_agree",
    "an action is the other one",
    change("recovery_actions", "action = 'RETRY_UPDATE'", "action = 'FORCE_ROLLBACK'"),
  ],
  [
    "decisions_agree",
    "an action is laid to another rule",
    change("recovery_actions", "policy_rule = 'otherwise'", "policy_rule <> 'otherwise'"),
  ],
  [
    "decisions_agree",
    "a device was quarantined by another rule",
    change("triage_queue", "rule_id = 'storage_missing'", "field <> 'storage_free_mb'"),
  ],
  [
    "decisions_agree",
    "a healthy device was quarantined",
    `${quarantine("recovery_actions", "true")}; DELETE FROM recovery_actions a USING triage_queue t
     WHERE (a.bucket, a.device_id) = (t.bucket, t.device_id)`,
  ],
  [
    "decisions_agree",
    "a report changes after its decision",
    change("device_report", "battery_voltage = 'x'", "update_status = 'Partial'"),
  ],
  [
    "runs_ended",
    "a run is left open",
    "INSERT INTO run (run_id, stage, options, version, host) VALUES (gen_random_uuid(), 'recover', '{}', '0', 'h')",
  ],
  ["loader_sees_only_published", "it may read the host", "GRANT SELECT (host) ON run TO sentinel_loader"],
  ["loader_sees_only_published", "it may read errors", "GRANT SELECT (error) ON run TO sentinel_loader"],
  ["loader_sees_only_published", "everyone may read who holds the lease", "GRANT SELECT ON lease TO PUBLIC"],
  ["faults_as_recorded", "a fault says another value", change("fault_ledger", "after_value = 'x'")],
  [
    "faults_as_recorded",
    "a fault is of another field",
    change("fault_ledger", "field = 'storage_free_mb'", "field = 'signal_strength'"),
  ],
  [
    "faults_as_recorded",
    "a corrupted value is mended",
    change("device_report", "signal_strength = '50'", "signal_strength = '-999'"),
  ],
  ["seed_makes_the_same", "a report says another model", change("device_report", "model = 'SG-999'")],
  [
    "seed_makes_the_same",
    "a value loses a digit",
    change("device_report", "storage_free_mb = left(storage_free_mb, -1)", "length(storage_free_mb) > 3"),
  ],
  [
    "seed_makes_the_same",
    "a fault hides what was before",
    change("fault_ledger", "before_value = '12.00'", "field = 'battery_voltage'"),
  ],
  [
    "seed_makes_the_same",
    "a Partial becomes a Success",
    change("device_report", "update_status = 'Success'", "update_status = 'Partial'"),
  ],
  ["seed_makes_the_same", "the campaign names another seed", "UPDATE campaign SET seed = seed + 1"],
];

let whole: TestDatabase;
let clean: Said;
beforeAll(async () => {
  whole = await freshDatabase();
  await done("generate", whole.url, { devices: 2000 });
  await done("corrupt", whole.url, { faultRate: 0.2 });
  await done("recover", whole.url);
  clean = await command("validate", whole.url);
});
afterAll(() => whole.drop());

const checksOf = ({ events }: Said) => events.filter(({ event }) => event === "check");
const failed = (said: Said) => checksOf(said).flatMap(({ name, passed }) => (passed ? [] : [String(name)]));

/** Breaks the campaign, looks at one check, and takes everything back. */
function brokenBy(statement: string, name: string): Promise<{ expected: string; actual: string } | undefined> {
  return session(whole.url, async (client) => {
    const run = { client, reference: reference(PROJECT), options: {} } as StageRun;
    const campaign = await campaignFor(client, undefined);
    await client.query(`BEGIN; ${statement}`);
    const found = (await checks(run, await campaignFor(client, campaign.name))).find((check) => check.name === name);
    const looked = await found?.look(client);
    await client.query("ROLLBACK");
    return looked;
  });
}

test("an untouched campaign keeps every promise", () => {
  expect(failed(clean)).toEqual([]);
  expect(clean.error).toBeUndefined();
});

test("every check has a case that breaks it", () => {
  expect(new Set(BREAKS.map(([check]) => check))).toEqual(new Set(checksOf(clean).map(({ name }) => name)));
});

test.each(BREAKS)("%s fails where %s", async (check, _, statement) => {
  const looked = await brokenBy(statement, check);
  expect(looked?.expected).toEqual(expect.any(String));
  expect(looked?.actual).not.toBe(looked?.expected);
});

test("broken promises end validate with exit 4, are named, and are kept", async () => {
  const broken = await cloned(whole);
  await query(broken.url, `ALTER DATABASE ${new URL(broken.url).pathname.slice(1)} SET synchronous_commit = off`);
  await query(broken.url, change("recovery_actions", "action = 'RETRY_UPDATE'", "action = 'FORCE_ROLLBACK'"));
  const said = await command("validate", broken.url);
  expect(failed(said)).toEqual(["durable", "decisions_agree"]);
  expect(said.error).toMatchObject({ exitCode: 4, message: expect.stringContaining("durable, decisions_agree") });
  const kept = await query(broken.url, "SELECT check_name FROM validation_result WHERE NOT passed ORDER BY ordinal");
  expect(kept.map(({ check_name }) => check_name)).toEqual(failed(said));
  await broken.drop();
});

test("a run that a killed validate left open is no breach", async () => {
  const database = await cloned(whole);
  await query(
    database.url,
    "INSERT INTO run (run_id, stage, options, version, host) VALUES (gen_random_uuid(), 'validate', '{}', '0', 'h')",
  );
  expect((await command("validate", database.url)).error).toBeUndefined();
  await database.drop();
});

test("the SQL that is kept with each check gives its result again", async () => {
  const kept = await query<{ check_name: string; query: string; actual: string }>(
    whole.url,
    "SELECT check_name, query, actual FROM validation_result WHERE check_name <> 'seed_makes_the_same'",
  );
  expect(kept.length).toBeGreaterThan(10);
  for (const { query: text, actual } of kept) expect((await query(whole.url, text))[0]?.actual).toBe(actual);
});
