import { expect, test } from "vitest";
import { readMart } from "./mart.ts";
import { campaign } from "./testing/campaign.ts";
import { defaultRules, emptyTrial, type Trial, trialOf } from "./testing/warehouse.ts";

/** What people and a rule may have done with the queue, by the device's place in it. */
const WORK = `
  WITH place AS (
    SELECT q.*, r.device_no, row_number() OVER (ORDER BY q.device_id) % 8 AS way
    FROM triage_queue q JOIN stored_report r USING (bucket, campaign_id, device_id)
  ), moved AS (
    UPDATE triage_queue q
    SET state = CASE p.way WHEN 1 THEN 'rejected' ELSE 'released' END, version = 2
    FROM place p
    WHERE q.bucket = p.bucket AND q.device_id = p.device_id AND p.way IN (1, 2, 3, 4)
  ), audit AS (
    INSERT INTO triage_decision (bucket, campaign_id, device_id, version, verb, decided_by, decided_at, why, before, after)
    SELECT bucket, campaign_id, device_id, v.version, v.verb, 'ada', v.at::timestamptz, 'secret-reason', '{}', v.after::jsonb
    FROM place p
    JOIN (VALUES
      (1, 1, 'reject', '2026-01-02 10:00:00.5+00', '{}'), (2, 1, 'release', '2026-01-02 23:59:59.999999+00', '{}'),
      (3, 1, 'fix', '2026-01-03 00:00:00+00', '{}'), (4, 1, 'fix', '2026-01-01 00:00:03+00', '{"by": "rule"}'),
      (5, 1, 'accept', '2026-01-01 00:00:03+00', '{}'), (5, 2, 'reopen', '2026-01-03 01:00:00+00', '{}'),
      (6, 1, 'fix', '2026-01-01 00:00:03+00', '{"by": "rule"}'), (6, 2, 'reopen', '2026-01-01 00:00:03.000001+00', '{}')
    ) AS v (way, version, verb, at, after) ON v.way = p.way
  ), freed AS (
    DELETE FROM decision d USING place p WHERE p.way = 2 AND d.bucket = p.bucket AND d.device_no = p.device_no
  )
  UPDATE decision d SET rule_no = 2 FROM place p WHERE p.way IN (1, 3, 4) AND d.bucket = p.bucket AND d.device_no = p.device_no`;

const STANDING = `
  WITH place AS (
    SELECT q.rule_id, p.region, CASE
        WHEN q.state <> 'released' THEN q.state
        WHEN s.update_status = 'Partial' THEN 'waiting'
        WHEN EXISTS (
          SELECT FROM triage_decision t WHERE t.device_id = q.device_id AND t.version = q.version - 1 AND t.after ->> 'by' = 'rule'
        ) THEN 'repaired' ELSE 'recovered' END AS standing
    FROM triage_queue q
    JOIN ota_logs s ON s.device_id = q.device_id
    JOIN stored_report r ON r.device_id = q.device_id
    JOIN device_profile p ON p.profile_no = r.profile_no
  ), scoped AS (
    SELECT 0 AS place, 'all' AS scope, 'all' AS name, standing FROM place
    UNION ALL SELECT 1, 'rule', rule_id, standing FROM place
    UNION ALL SELECT 2, 'region', region, standing FROM place
  )
  SELECT scope, name, count(*)::int AS held,
    count(*) FILTER (WHERE standing = 'open')::int AS open, count(*) FILTER (WHERE standing = 'waiting')::int AS waiting,
    count(*) FILTER (WHERE standing = 'recovered')::int AS recovered, count(*) FILTER (WHERE standing = 'rejected')::int AS rejected,
    count(*) FILTER (WHERE standing = 'repaired')::int AS repaired
  FROM scoped
  GROUP BY place, scope, name
  ORDER BY place, open DESC, held DESC, name COLLATE "C"`;

const DECIDED = `
  SELECT to_char(decided_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, verb,
    CASE WHEN after ->> 'by' = 'rule' THEN 'rule' ELSE 'person' END AS decider, count(*)::int AS decisions
  FROM triage_decision GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;

const rowsOf = async ({ client }: Trial, question: string): Promise<unknown[]> => (await client.query(question)).rows;

test("how the queue stands, and what was decided day by day, is what PostgreSQL counts with the whole audit before it", async () => {
  const trial = await trialOf(4000);
  await trial.client.query(WORK);
  const { path, id, takenAt } = await trial.refresh();
  const standing = await readMart(path, "triage_standing");
  const counted = standing.map(({ severity: _, proposed: __, ...row }) => row);
  expect(counted).toEqual(await rowsOf(trial, STANDING));
  const [all] = standing;
  for (const figure of ["open", "waiting", "recovered", "rejected", "repaired"])
    expect(Number(all?.[figure]), figure).toBeGreaterThan(2);
  expect(await readMart(path, "triage_work")).toEqual(await rowsOf(trial, DECIDED));
  expect(standing.find(({ name }) => name === "signal_dropped")).toMatchObject({ severity: "critical", proposed: 0 });
  expect(takenAt).toContain("2026-01-03");
  await trial.client.query("UPDATE triage_decision SET verb = 'accept' WHERE verb = 'release'");
  expect((await trial.refresh()).id).not.toBe(id);
});

test("a queue that never held anybody has a row that says so", async () => {
  const trial = await emptyTrial();
  await campaign(trial, "calm", ["region"]);
  const { path } = await trial.refresh();
  expect(await readMart(path, "triage_standing")).toEqual([
    {
      scope: "all",
      name: "all",
      severity: null,
      held: 0,
      open: 0,
      waiting: 0,
      recovered: 0,
      rejected: 0,
      repaired: 0,
      proposed: 0,
    },
  ]);
  expect(await readMart(path, "triage_work")).toEqual([]);
});

test("a device has the worst severity of what it breaks, whichever rule stands first", async () => {
  const trial = await trialOf(2000);
  const rules = defaultRules();
  const [spike, dropped] = ["signal_out_of_range", "signal_dropped"];
  const mild = rules.rules.map((rule) => (rule.id === spike ? rule : { ...rule, severity: "info" as const }));
  await trial.client.query(
    `UPDATE triage_queue SET findings = '[{"rule": "signal_dropped"}, {"rule": "signal_out_of_range"}]' WHERE rule_id = $1
       AND device_id = (SELECT min(device_id) FROM triage_queue WHERE rule_id = $1)`,
    [dropped],
  );
  await trial.client.query("UPDATE triage_queue SET findings = '[]' WHERE findings->0->>'rule' = 'signal_missing'");
  const { path } = await trial.refresh({ rules: () => ({ ...rules, rules: mild }) });
  const open = (await readMart(path, "triage_open")).filter(({ rule_id }) => rule_id === dropped);
  expect(open.map(({ severity }) => severity)).toEqual(["critical", ...Array(open.length - 1).fill("info")]);
});
