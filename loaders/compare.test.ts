import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { readMart } from "./mart.ts";
import { addOther, type Trial, trialOf } from "./testing/warehouse.ts";

type Row = Record<string, unknown>;

async function asked({ client }: Trial, question: string): Promise<Row[]> {
  return (await client.query(question)).rows;
}

const DEVICE = `SELECT s.campaign_id, c.name AS campaign, s.region, s.model, s.last_stage, s.error_code, s.update_status, s.action,
  s.reported_status = 'Partial' AS failed FROM device_status s JOIN campaign c USING (campaign_id)`;

test("rates and differences equal what PostgreSQL counts, device by device", async () => {
  const trial = await trialOf(4000);
  await addOther(trial, { id: 8, name: "later", seed: 43, without: 3 });
  const { path } = await trial.refresh();
  const rates = await readMart(path, "campaign_rate");
  expect(rates.map(({ campaign, is_shown, ordinal, campaigns }) => [campaign, is_shown, ordinal, campaigns])).toEqual([
    ["later", false, 1, 2],
    ["trial", true, 2, 2],
  ]);
  const names = ["campaign", "devices", "failed", "rate", "recovered", "recovery_rate", "quarantined", "undecided"];
  expect(rates.map((row) => Object.fromEntries(names.map((name) => [name, row[name]])))).toEqual(
    await asked(
      trial,
      `SELECT campaign, count(*)::int AS devices, count(*) FILTER (WHERE failed)::int AS failed,
         count(*) FILTER (WHERE failed)::float8 / count(*) AS rate,
         count(*) FILTER (WHERE update_status = 'Recovered')::int AS recovered,
         count(*) FILTER (WHERE update_status = 'Recovered')::float8 / count(*) FILTER (WHERE failed) AS recovery_rate,
         count(*) FILTER (WHERE update_status = 'Quarantined')::int AS quarantined,
         count(*) FILTER (WHERE update_status = 'Partial')::int AS undecided
       FROM (${DEVICE}) d GROUP BY campaign ORDER BY campaign`,
    ),
  );
  const differences = await readMart(path, "campaign_difference");
  const counted = differences.map(({ scope, name, events_a, devices_a, events_b, devices_b }) => ({
    ...{ scope, name, events_a, devices_a, events_b, devices_b },
  }));
  const expected = await asked(trial, COUNTED);
  expect(counted).toHaveLength(expected.length);
  expect(counted).toEqual(expect.arrayContaining(expected));
  for (const row of differences) {
    const of = (side: string): number => Number(row[`events_${side}`]) / Number(row[`devices_${side}`]);
    expect(row).toMatchObject({ a: "later", b: "trial", relation: "other fleet" });
    expect(row.difference).toBeCloseTo(of("a") - of("b"), 5);
    expect(Number(row.low)).toBeLessThanOrEqual(Number(row.difference));
    expect(Number(row.high)).toBeGreaterThanOrEqual(Number(row.difference));
  }
});

const STAGES =
  "ARRAY['QUEUED','ACKNOWLEDGED','DOWNLOADING','DOWNLOADED','VERIFIED','INSTALLING','REBOOTING','CONFIRMING']";
/** Counts of later (8) and trial (7). A device that succeeded passed all stages. */
const COUNTED = `
  WITH d AS (${DEVICE}), n AS (
    SELECT 'fleet' AS scope, 'failed' AS name, campaign_id, failed AS event FROM d
    UNION ALL SELECT 'region', region, campaign_id, failed FROM d
    UNION ALL SELECT 'model', model, campaign_id, failed FROM d
    UNION ALL SELECT 'stage', s, campaign_id, failed AND last_stage = s FROM d, unnest(${STAGES}) s
      WHERE NOT failed OR array_position(${STAGES}, last_stage) >= array_position(${STAGES}, s)
    UNION ALL SELECT 'error', e, campaign_id, failed AND error_code = e FROM d, (SELECT DISTINCT error_code AS e FROM d WHERE failed) e
    UNION ALL SELECT 'decision', a, campaign_id, action = a FROM d, unnest(ARRAY['RETRY_UPDATE', 'FORCE_ROLLBACK', 'MANUAL_TRIAGE']) a
      WHERE failed
  )
  SELECT scope, name, count(*) FILTER (WHERE campaign_id = 8 AND event)::int AS events_a, count(*) FILTER (WHERE campaign_id = 8)::int AS devices_a,
    count(*) FILTER (WHERE campaign_id = 7 AND event)::int AS events_b, count(*) FILTER (WHERE campaign_id = 7)::int AS devices_b
  FROM n GROUP BY scope, name`;

test("a difference beyond noise is called so, one within it is not", async () => {
  const trial = await trialOf(4000);
  await addOther(trial, { id: 8, name: "alike", seed: 43, without: 1000 });
  await addOther(trial, { id: 9, name: "better", seed: 44, without: 2 });
  const rows = await readMart((await trial.refresh()).path, "campaign_difference");
  const fleet = (a: string, b: string): Row | undefined =>
    rows.find((row) => row.a === a && row.b === b && row.scope === "fleet");
  expect(fleet("alike", "trial")).toMatchObject({ verdict: "no detectable difference" });
  expect(fleet("better", "trial")).toMatchObject({ verdict: "lower" });
  expect(Number(fleet("better", "trial")?.high)).toBeLessThan(0);
  const regions = rows.filter((row) => row.a === "better" && row.b === "trial" && row.scope === "region");
  expect(regions).toHaveLength(4);
  for (const row of regions) expect(Number(row.p_holm)).toBeGreaterThanOrEqual(Number(row.p_value));
});

test("one fleet twice is exact and not tested; a fleet that is a part of another is not tested either", async () => {
  const trial = await trialOf(2000);
  await addOther(trial, { id: 8, name: "other-policy" });
  await addOther(trial, { id: 9, name: "part", without: 2 });
  const rows = await readMart((await trial.refresh()).path, "campaign_difference");
  for (const row of rows) expect(row).toMatchObject({ low: null, high: null, p_value: null, p_holm: null });
  const same = rows.filter(({ a, b }) => a === "other-policy" && b === "trial");
  const verdicts = Object.fromEntries(same.map(({ scope, name, verdict }) => [`${scope} ${name}`, verdict]));
  expect(verdicts).toMatchObject({
    "fleet failed": "equal",
    "region South": "equal",
    "decision RETRY_UPDATE": "higher",
    "decision FORCE_ROLLBACK": "lower",
    "decision MANUAL_TRIAGE": "equal",
  });
  const part = rows.filter(({ a, b }) => a === "part" && b === "trial");
  expect(new Set(part.map(({ relation, verdict }) => `${relation}, ${verdict}`))).toEqual(
    new Set(["nested fleets, not tested"]),
  );
});

test("settings say with what each was run, and never on which machine", async () => {
  const trial = await trialOf(400);
  await addOther(trial, { id: 8, name: "later", policy: "field" });
  await trial.client.query("UPDATE campaign SET source_file = 'fleet.csv' WHERE campaign_id = 8");
  const { path } = await trial.refresh();
  const rows = await readMart(path, "campaign_setting");
  const of = (name: string): Row =>
    Object.fromEntries(rows.filter(({ campaign }) => campaign === name).map(({ setting, value }) => [setting, value]));
  expect(of("later")).toMatchObject({
    seed: "42",
    devices: "400",
    policy: "field, version 2",
    file: "fleet.csv",
    workers: "1",
  });
  expect(of("trial")).toMatchObject({
    policy: "default, version 1",
    "rules version": "1",
    "chaos rate": "0.025",
    workers: "2",
  });
  expect(readFileSync(path).includes("secret-host")).toBe(false);
});

test("a campaign that is not whole is not compared, and one beyond the seven nearest is counted only", async () => {
  const trial = await trialOf(100);
  for (let id = 10; id < 19; id += 1) await addOther(trial, { id, name: `c${id}`, seed: id });
  await trial.client.query("UPDATE batch_ledger SET batches = 2 WHERE campaign_id = 12 AND stage = 'recover'");
  await trial.client.query("DELETE FROM batch_ledger WHERE campaign_id = 13 AND stage = 'generate'");
  const rates = await readMart((await trial.refresh()).path, "campaign_rate");
  expect(rates.map(({ campaign }) => campaign)).toEqual(["c18", "c17", "c16", "c15", "c14", "c11", "c10", "trial"]);
  expect(rates[0]?.campaigns).toBe(8);
  const later = await readMart((await trial.refresh({ campaign: "c18" })).path, "campaign_rate");
  expect(later[0]).toMatchObject({ campaign: "c18", is_shown: true });
  await addOther(trial, { id: 20, name: "c20", seed: 20 });
  const more = await readMart((await trial.refresh()).path, "campaign_rate");
  expect(more.map(({ campaign }) => campaign)).not.toContain("c20");
  expect(more[0]).toMatchObject({ campaign: "c18", campaigns: 9 });
});

const kept = ({ home }: Trial): string[] => readdirSync(join(home, "counts")).sort();

test("another campaign makes another snapshot, and its counts are taken again only where it has changed", async () => {
  const trial = await trialOf(300);
  const alone = await trial.refresh();
  expect(await readMart(alone.path, "campaign_difference")).toEqual([]);
  await addOther(trial, { id: 8, name: "later", seed: 43 });
  const beside = await trial.refresh();
  expect(beside.id).not.toBe(alone.id);
  expect(beside.takenAt).toBe(alone.takenAt);
  const [counts = ""] = kept(trial);
  expect(counts).toMatch(/^8-[0-9a-f]{24}\.tsv$/);
  expect((await trial.refresh()).id).toBe(beside.id);
  // What stands there is believed, so it was not counted again.
  const file = join(trial.home, "counts", counts);
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace("\tSouth\t", "\tFar South\t"));
  const regions = async (): Promise<unknown[]> =>
    (await readMart((await trial.refresh()).path, "campaign_difference"))
      .filter(({ scope }) => scope === "region")
      .map(({ name }) => name);
  expect(await regions()).toContain("Far South");
  for (const change of CHANGES) {
    const [before] = kept(trial);
    await trial.client.query(change);
    expect(await regions(), change).not.toContain("Far South");
    expect(kept(trial), change).toHaveLength(1);
    expect(kept(trial)[0], change).not.toBe(before);
  }
  await trial.client.query("DELETE FROM campaign WHERE campaign_id = 8");
  expect((await trial.refresh()).id).toBe(alone.id);
  expect(kept(trial)).toEqual([]);
}, 60_000);

/** What Sentinel leaves behind where it changes reports or decisions: a batch, a decision of the audit, a run that takes chaos back. */
const CHANGES = [
  `INSERT INTO batch_ledger (campaign_id, stage, pass, batch_no, batches, run_id, worker, rows, checksum)
   VALUES (8, 'recover', 2, 0, 1, gen_random_uuid(), 0, 0, '0')`,
  `INSERT INTO triage_decision (bucket, campaign_id, device_id, version, verb, decided_by, why, before, after)
   VALUES (0, 8, 'DEV-00000000', 1, 'fix', 'ada', 'x', '{}', '{}')`,
  `INSERT INTO run (run_id, campaign_id, stage, options, version, host, finished_at, result)
   VALUES (gen_random_uuid(), 8, 'corrupt', '{"undo": true}', '0.1.0', 'secret-host', now(), 'succeeded')`,
];

test("a validation of another campaign changes none of its counts", async () => {
  const trial = await trialOf(100);
  await addOther(trial, { id: 8, name: "later", seed: 43 });
  await trial.refresh();
  const before = kept(trial);
  await trial.client.query(
    `INSERT INTO run (run_id, campaign_id, stage, options, version, host, finished_at, result)
     VALUES (gen_random_uuid(), 8, 'validate', '{}', '0.1.0', 'secret-host', now(), 'succeeded')`,
  );
  await trial.refresh();
  expect(kept(trial)).toEqual(before);
});

test("a campaign that another command holds is left out with a word, and back when it is free", async () => {
  const trial = await trialOf(100);
  await addOther(trial, { id: 8, name: "held", seed: 43 });
  const holder = new pg.Client({ connectionString: trial.url });
  await holder.connect();
  onTestFinished(() => holder.end());
  await holder.query("BEGIN; LOCK TABLE stored_report_8, decision_8 IN ACCESS EXCLUSIVE MODE");
  const notes: string[] = [];
  const campaigns = async (): Promise<unknown[]> =>
    (await readMart((await trial.refresh({ onNote: (line) => notes.push(line) })).path, "campaign_rate")).map(
      ({ campaign }) => campaign,
    );
  expect(await campaigns()).toEqual(["trial"]);
  expect(notes).toEqual([expect.stringContaining("Campaign held is being written to")]);
  await holder.query("ROLLBACK");
  expect(await campaigns()).toEqual(["held", "trial"]);
});
