import { expect, test } from "vitest";
import { readMart } from "./mart.ts";
import { type Trial, trialOf } from "./testing/warehouse.ts";

type Row = Record<string, unknown>;

/** The rows of a mart, those columns only. */
async function columns(path: string, mart: string, names: readonly string[]): Promise<Row[]> {
  const rows = await readMart(path, mart);
  return rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name]])));
}

/** The same question asked of PostgreSQL; its columns must be cast to what JSON holds. */
async function asked({ client }: Trial, question: string): Promise<Row[]> {
  return (await client.query(question)).rows;
}

test("statuses, regions, models and errors equal what PostgreSQL counts", async () => {
  const trial = await trialOf(3000);
  const { path } = await trial.refresh();
  expect(
    (await columns(path, "fleet_status", ["update_status", "devices"])).filter((row) => row.devices !== 0),
  ).toEqual(
    await asked(
      trial,
      `SELECT update_status, count(*)::int AS devices FROM ota_logs GROUP BY 1
       ORDER BY array_position(ARRAY['Success', 'Partial', 'Recovered', 'Quarantined'], update_status)`,
    ),
  );
  expect(
    (await columns(path, "region_status", ["region", "update_status", "devices"])).filter((row) => row.devices !== 0),
  ).toEqual(
    await asked(
      trial,
      `SELECT region, update_status, count(*)::int AS devices FROM ota_logs GROUP BY 1, 2
       ORDER BY region COLLATE "C", array_position(ARRAY['Success', 'Partial', 'Recovered', 'Quarantined'], update_status)`,
    ),
  );
  expect(
    await columns(path, "region_failure", ["region", "devices", "failures", "rate", "recovered", "quarantined"]),
  ).toEqual(
    await asked(
      trial,
      `SELECT region, count(*)::int AS devices, count(*) FILTER (WHERE reported_status = 'Partial')::int AS failures,
         count(*) FILTER (WHERE reported_status = 'Partial')::float8 / count(*) AS rate,
         count(*) FILTER (WHERE update_status = 'Recovered')::int AS recovered,
         count(*) FILTER (WHERE update_status = 'Quarantined')::int AS quarantined
       FROM ota_logs GROUP BY 1 ORDER BY region COLLATE "C"`,
    ),
  );
  expect(await columns(path, "model_failure", ["model", "firmware_from", "devices", "failures", "rank"])).toEqual(
    await asked(
      trial,
      `SELECT model, firmware_from, count(*)::int AS devices, count(*) FILTER (WHERE reported_status = 'Partial')::int AS failures,
         rank() OVER (ORDER BY count(*) FILTER (WHERE reported_status = 'Partial')::float8 / count(*) DESC)::int AS rank
       FROM ota_logs GROUP BY 1, 2 ORDER BY rank, model COLLATE "C", firmware_from COLLATE "C"`,
    ),
  );
  expect(await columns(path, "error_pareto", ["error_code", "failures", "rank"])).toEqual(
    await asked(
      trial,
      `SELECT error_code, count(*)::int AS failures, rank() OVER (ORDER BY count(*) DESC)::int AS rank
       FROM ota_logs WHERE reported_status = 'Partial' GROUP BY 1 ORDER BY rank, error_code COLLATE "C"`,
    ),
  );
});

const RANKING = `
  WITH stages AS (
    SELECT stage, ordinality::int AS stage_ordinal FROM unnest(ARRAY['QUEUED', 'ACKNOWLEDGED', 'DOWNLOADING', 'DOWNLOADED',
      'VERIFIED', 'INSTALLING', 'REBOOTING', 'CONFIRMING', 'SUCCEEDED']) WITH ORDINALITY AS s (stage, ordinality)
  ), cells AS (
    SELECT s.stage, s.stage_ordinal, d.region, count(*)::int AS at_risk,
      count(*) FILTER (WHERE d.reported_status = 'Partial' AND d.last_stage = s.stage)::int AS failures
    FROM stages s
    JOIN (ota_logs d JOIN stages r ON r.stage = d.last_stage) ON r.stage_ordinal >= s.stage_ordinal
    WHERE s.stage <> 'SUCCEEDED'
    GROUP BY s.stage, s.stage_ordinal, d.region
  ), rated AS (
    SELECT *, failures::float8 / at_risk AS rate FROM cells
  )
  SELECT stage, stage_ordinal, region, at_risk, failures, rate,
    rank() OVER (PARTITION BY stage ORDER BY rate DESC)::int AS rank,
    dense_rank() OVER (PARTITION BY stage ORDER BY rate DESC)::int AS dense_rank,
    row_number() OVER (PARTITION BY stage ORDER BY rate DESC, region COLLATE "C")::int AS row_number
  FROM rated ORDER BY stage_ordinal, row_number`;

test("the ranking equals the one that PostgreSQL makes, ties and all", async () => {
  const trial = await trialOf(3000);
  const { path } = await trial.refresh();
  const names = ["stage", "stage_ordinal", "region", "at_risk", "failures", "rate", "rank", "dense_rank", "row_number"];
  expect(await columns(path, "bottleneck_ranking", names)).toEqual(await asked(trial, RANKING));
  const ranking = await readMart(path, "bottleneck_ranking");
  const idle = ranking.filter(({ stage }) => stage === "ACKNOWLEDGED");
  expect(idle.map(({ rank, tied, rank_low, rank_high }) => [rank, tied, rank_low, rank_high])).toEqual(
    Array(4).fill([1, true, 1, 4]),
  );
  expect(idle[0]?.share_of_stage_failures).toBeNull();
});

test("a region that is worse is called so, and the others better or not different", async () => {
  const { refresh } = await trialOf(6000);
  const { path } = await refresh();
  const rows = await readMart(path, "region_failure");
  expect(rows.find(({ region }) => region === "South")).toMatchObject({ verdict: "worse" });
  for (const row of rows) {
    expect(Number(row.p_holm)).toBeGreaterThanOrEqual(Number(row.p_value));
    expect(row.difference).toBe(Number(row.rate) - Number(row.fleet_rate));
    if (row.region !== "South") expect(row.verdict).not.toBe("worse");
  }
});

test("detection, quality and triage follow the ledgers", async () => {
  const trial = await trialOf(3000);
  const { path } = await trial.refresh();
  expect(
    await columns(path, "fault_detection", ["field", "kind", "injected", "found", "right_rule", "missed"]),
  ).toEqual(
    await asked(
      trial,
      `SELECT field, kind, count(*)::int AS injected, count(*)::int AS found, count(*)::int AS right_rule, 0 AS missed
       FROM fault_ledger GROUP BY 1, 2
       ORDER BY array_position(ARRAY['null', 'type_mismatch', 'signal_drop', 'out_of_range'], kind)`,
    ),
  );
  const quality = await readMart(path, "data_quality");
  const [mean] = await asked(
    trial,
    "SELECT avg(battery_voltage::numeric)::float8 AS mean FROM ota_logs WHERE region = 'South'",
  );
  const south = quality.find(({ region, field }) => region === "South" && field === "battery_voltage");
  expect(south).toMatchObject({ reported: true, findings: 0, finding_rate: 0 });
  expect(south?.mean_trusted).toBeCloseTo(Number(mean?.mean), 9);
  expect(await columns(path, "triage_open", ["device_id", "raw", "raw_sha256", "field"])).toEqual(
    await asked(
      trial,
      `SELECT device_id, convert_from(raw_value, 'UTF8') AS raw, encode(raw_sha256, 'hex') AS raw_sha256, field
       FROM triage_queue ORDER BY device_id`,
    ),
  );
  const [open] = await readMart(path, "triage_open");
  expect(open?.expected).toBe("a number from 0 to 100 %");
});

test("a finding where nothing was injected is a false alarm", async () => {
  const { client, refresh } = await trialOf(1000);
  await client.query("DELETE FROM fault_ledger WHERE kind = 'signal_drop'");
  const { path } = await refresh();
  const drop = (await readMart(path, "fault_detection")).find(({ kind }) => kind === "signal_drop");
  expect(drop).toMatchObject({ injected: 0, found: 0, missed: 0, precision: 0, recall: null });
  expect(Number(drop?.false_alarms)).toBeGreaterThan(0);
});

test("batches and workers add up to the decisions", async () => {
  const { refresh } = await trialOf(1000);
  const { path } = await refresh();
  const [first, second] = await readMart(path, "batch_timeline");
  expect(first).toMatchObject({ stage: "recover", started_ms: 0, finished_ms: 250, duration_ms: 250 });
  const [summary] = await readMart(path, "campaign_summary");
  expect(second?.cumulative_rows).toBe(summary?.recovered);
  for (const { busy_ms, rows, rows_per_second } of await readMart(path, "worker_throughput")) {
    expect(busy_ms).toBe(250);
    expect(rows_per_second).toBe(Number(rows) * 4);
  }
  const actions = await readMart(path, "recovery_action_summary");
  expect(actions.map(({ action }) => action)).toEqual(
    ["RETRY_UPDATE", "FORCE_ROLLBACK", "MANUAL_TRIAGE"].flatMap((action) => Array(4).fill(action)),
  );
  const decided = actions.reduce((sum, { devices }) => sum + Number(devices), 0);
  expect(decided).toBe(Number(summary?.recovered) + Number(summary?.quarantined));
});
