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

const LEDGER = `
  INSERT INTO batch_ledger (campaign_id, stage, pass, batch_no, batches, run_id, worker, rows, checksum, started_at, finished_at)
  SELECT 7, 'generate', 1 + b / 15000, b % 15000, 20000, '00000000-0000-0000-0000-000000000001', hashint4(b) & 3, 1 + b % 9, 'x',
    timestamptz '2026-01-01 00:00:00+00' + b * interval '10 ms',
    timestamptz '2026-01-01 00:00:00+00' + b * interval '10 ms' + (1 + (hashint4(-b) & 31)) * interval '1.001 ms'
  FROM generate_series(0, $1::int - 1) b`;

/** What had been written when each batch finished, as PostgreSQL adds it up. */
const WRITTEN = `
  WITH batch AS (
    SELECT *, round(extract(epoch FROM finished_at - min(started_at) OVER (PARTITION BY pass)) * 1000000) AS finished_us
    FROM batch_ledger WHERE stage = 'generate'
  )
  SELECT pass, finished_us::int AS finished_us, sum(rows) OVER (PARTITION BY pass ORDER BY finished_us, batch_no)::int AS cumulative_rows
  FROM batch`;

test("a stage of up to 300 batches has them one by one, a longer one some hundred runs that add up", async () => {
  const { client, refresh } = await trialOf(10);
  const timeline = async (batches: number): Promise<Row[]> => {
    await client.query("DELETE FROM batch_ledger WHERE stage = 'generate'");
    await client.query(LEDGER, [batches]);
    return (await readMart((await refresh()).path, "batch_timeline")).filter(({ stage }) => stage === "generate");
  };
  const sum = (rows: readonly Row[], key: string): number => rows.reduce((all, row) => all + Number(row[key]), 0);
  const whole = await timeline(300);
  expect(whole).toHaveLength(300);
  expect(new Set(whole.map(({ batches }) => batches))).toEqual(new Set([1]));
  expect(whole.map(({ batch_no }) => batch_no).sort((a, b) => Number(a) - Number(b))).toEqual([...whole.keys()]);
  const runs = await timeline(20_000);
  expect(runs.length).toBeGreaterThan(200);
  expect(runs.length).toBeLessThanOrEqual(300 + 2 * 4);
  expect(sum(runs, "batches")).toBe(20_000);
  const { rows } = await client.query(WRITTEN);
  const so_far = new Map(rows.map((row) => [`${row.pass} ${row.finished_us}`, row.cumulative_rows]));
  for (const run of runs) {
    expect(so_far.get(`${run.pass} ${Math.round(Number(run.finished_ms) * 1000)}`)).toBe(run.cumulative_rows);
    expect(run.duration_ms).toBeCloseTo(Number(run.finished_ms) - Number(run.started_ms), 6);
  }
  for (const pass of [1, 2]) {
    const of_pass = runs.filter((run) => run.pass === pass);
    expect(sum(of_pass, "rows")).toBe(of_pass.at(-1)?.cumulative_rows);
    expect(Math.min(...of_pass.map(({ started_ms }) => Number(started_ms)))).toBe(0);
  }
});
