import { afterAll, beforeAll, expect, test } from "vitest";
import type { StageRun } from "../pipelines/context.ts";
import { campaignFor } from "../pipelines/db/campaigns.ts";
import { RULE_FIELDS } from "../pipelines/domain/vocabulary.ts";
import { type Answer, checks } from "../pipelines/invariants.ts";
import { reference } from "../pipelines/reference.ts";
import { BREAKS, change, release } from "./support/breaks.ts";
import { command, done, PROJECT, type Said } from "./support/command.ts";
import { freshDatabase, type TestDatabase } from "./support/database.ts";
import { cloned, query, session } from "./support/fleet.ts";

let whole: TestDatabase;
let clean: Said;
beforeAll(async () => {
  whole = await freshDatabase();
  await done("generate", whole.url, { devices: 2000, batchSize: 500 });
  await done("corrupt", whole.url, { faultRate: 0.2 });
  await done("recover", whole.url);
  clean = await command("validate", whole.url);
});
afterAll(() => whole.drop());

const checksOf = ({ events }: Said) => events.filter(({ event }) => event === "check");
const failed = (said: Said) => checksOf(said).flatMap(({ name, passed }) => (passed ? [] : [String(name)]));

/** Breaks the campaign, has every check look that answers for the promise, and takes everything back. */
function brokenBy(statement: string, name: string): Promise<Answer | undefined> {
  return session(whole.url, async (client) => {
    const run = { client, reference: reference(PROJECT), options: {} } as StageRun;
    const campaign = await campaignFor(client, undefined);
    await client.query(`BEGIN; ${statement}`);
    const found = (await checks(run, await campaignFor(client, campaign.name))).find(({ promises }) =>
      promises.has(name),
    );
    const answers = (await found?.look(client)) ?? [];
    await client.query("ROLLBACK");
    expect(answers.map((answer) => answer.name)).toEqual([...(found?.promises.keys() ?? [])]);
    return answers.find((answer) => answer.name === name);
  });
}

test("an untouched campaign keeps every promise", () => {
  expect(failed(clean)).toEqual([]);
  expect(clean.error).toBeUndefined();
});

test("every check has a case that breaks it", () => {
  expect(checksOf(clean)).toHaveLength(21);
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
  await query(broken.url, change("triage_queue", "rule_id = 'storage_missing'", "field <> 'storage_free_mb'"));
  const said = await command("validate", broken.url);
  expect(failed(said)).toEqual(["decisions_agree", "durable"]);
  expect(said.error).toMatchObject({ exitCode: 4, message: expect.stringContaining("decisions_agree, durable") });
  const kept = await query(broken.url, "SELECT check_name FROM validation_result WHERE NOT passed ORDER BY ordinal");
  expect(kept.map(({ check_name }) => check_name)).toEqual(failed(said));
  await broken.drop();
});

test.each(RULE_FIELDS)("a value of %s is held against the report, as it is and where it is another", async (field) => {
  const held = `UPDATE triage_queue t SET field = '${field}', raw_value = convert_to(v.${field}, 'UTF8'), raw_sha256 = sha256(convert_to(v.${field}, 'UTF8'))
    FROM device_report v WHERE (v.bucket, v.campaign_id, v.device_id) = (t.bucket, t.campaign_id, t.device_id)`;
  const kept = await brokenBy(held, "raw_value_kept");
  expect(kept?.actual).toBe(kept?.expected);
  const other = "UPDATE triage_queue SET raw_value = 'another', raw_sha256 = sha256('another')";
  const lost = await brokenBy(`${held}; ${other}`, "raw_value_kept");
  expect(lost?.actual).not.toBe(lost?.expected);
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
  for (const { check_name, query: text, actual } of kept) {
    const answers = await query(whole.url, text);
    expect(answers.find(({ name }) => name === check_name)?.actual).toBe(actual);
  }
});

test("a device that a person releases is decided by the next recovery, and every promise holds", async () => {
  const database = await cloned(whole);
  await query(database.url, release);
  expect(failed(await command("validate", database.url))).toEqual(["one_outcome", "rerun_changes_nothing"]);
  // What made it sick is mended; else the next recovery quarantines it again.
  await query(
    database.url,
    `UPDATE stored_report r SET battery_voltage = '12.00', signal_strength = '70', storage_free_mb = '512'
     FROM triage_queue t WHERE t.state = 'released' AND (t.bucket, t.device_id) = (r.bucket, r.device_id)`,
  );
  await done("recover", database.url);
  const said = await command("validate", database.url);
  // The report is not what it was when it was quarantined: that is all that is amiss.
  expect(
    failed(said).filter((name) => !["raw_value_kept", "faults_as_recorded", "seed_makes_the_same"].includes(name)),
  ).toEqual([]);
  const again = await query(database.url, "SELECT pass, batch_no FROM decision WHERE pass = 2");
  expect(again).toHaveLength(1);
  await database.drop();
});
