import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { readDatabase, rowsOf } from "./engine.ts";
import { campaign, report } from "./testing/campaign.ts";
import { emptyTrial, trialOf } from "./testing/warehouse.ts";

/** The same figures twice: what marts say, and what one gets by asking int_device device by device. */
const PAIRS: readonly (readonly [name: string, mart: string, devices: string])[] = [
  [
    "statuses of the regions",
    "SELECT region, update_status, devices FROM region_status WHERE devices > 0 ORDER BY ALL",
    "SELECT region, update_status, count(*)::INTEGER AS devices FROM int_device GROUP BY ALL ORDER BY ALL",
  ],
  [
    "failures of the regions",
    "SELECT region, devices, failures, recovered, quarantined FROM region_failure ORDER BY ALL",
    `SELECT region, count(*)::INTEGER AS devices, count(*) FILTER (failed)::INTEGER AS failures,
       count(*) FILTER (update_status = 'Recovered')::INTEGER AS recovered,
       count(*) FILTER (update_status = 'Quarantined')::INTEGER AS quarantined
     FROM int_device GROUP BY ALL ORDER BY ALL`,
  ],
  [
    "failures of the models",
    "SELECT model, firmware_from, devices, failures FROM model_failure ORDER BY ALL",
    `SELECT model, firmware_from, count(*)::INTEGER AS devices, count(*) FILTER (failed)::INTEGER AS failures
     FROM int_device GROUP BY ALL ORDER BY ALL`,
  ],
  [
    "errors",
    "SELECT error_code, failures FROM error_pareto ORDER BY ALL",
    "SELECT error_code, count(*)::INTEGER AS failures FROM int_device WHERE failed GROUP BY ALL ORDER BY ALL",
  ],
  [
    "stages",
    "SELECT region, stage, at_risk, failures, unknown FROM region_stage_failure ORDER BY ALL",
    `SELECT d.region, s.stage, count(*) FILTER (d.reached >= s.ordinal)::INTEGER AS at_risk,
       count(*) FILTER (d.failed AND d.reached = s.ordinal)::INTEGER AS failures,
       count(*) FILTER (d.failed AND d.reached IS NULL)::INTEGER AS unknown
     FROM int_device d CROSS JOIN ref_stage s WHERE s.stage <> 'SUCCEEDED' GROUP BY ALL ORDER BY ALL`,
  ],
  [
    "actions",
    `SELECT action, policy_rule, region, devices FROM recovery_action_summary WHERE devices > 0 AND action <> 'MANUAL_TRIAGE'
     ORDER BY ALL`,
    `SELECT action, policy_rule, region, count(*)::INTEGER AS devices FROM int_device
     WHERE action <> 'MANUAL_TRIAGE' GROUP BY ALL ORDER BY ALL`,
  ],
  [
    "findings",
    "SELECT device_id, region, failed, field, rule_id, raw FROM int_finding ORDER BY ALL",
    `WITH found AS (
       SELECT device_id, region, failed, unnest([
         {'field': 'battery_voltage', 'rule_id': battery_finding, 'raw': battery_raw},
         {'field': 'signal_strength', 'rule_id': signal_finding, 'raw': signal_raw},
         {'field': 'storage_free_mb', 'rule_id': storage_finding, 'raw': storage_raw}
       ]) AS f FROM int_device
     )
     SELECT device_id, region, failed, f.field, f.rule_id, f.raw FROM found WHERE f.rule_id IS NOT NULL ORDER BY ALL`,
  ],
  [
    "means of what can be trusted",
    "SELECT region, field, mean_trusted FROM data_quality WHERE reported AND mean_trusted IS NOT NULL ORDER BY ALL",
    `WITH told AS (UNPIVOT (SELECT region, battery_voltage, signal_strength, storage_free_mb FROM int_device)
       ON battery_voltage, signal_strength, storage_free_mb INTO NAME field VALUE number)
     SELECT region, field, sum(exact)::DOUBLE / count(*) AS mean_trusted
     FROM (SELECT region, field, TRY_CAST(number AS DECIMAL(18, 6)) AS exact FROM told) WHERE exact IS NOT NULL
     GROUP BY ALL ORDER BY ALL`,
  ],
];

async function expectAgreement(path: string): Promise<void> {
  await readDatabase(path, {}, async (db) => {
    for (const [name, mart, devices] of PAIRS) {
      const said = await rowsOf(db, mart);
      expect(said.length, name).toBeGreaterThan(0);
      expect(await rowsOf(db, devices), name).toEqual(said);
    }
  });
}

test("asked device by device, int_device answers what the marts say in sum", async () => {
  const { refresh } = await trialOf(3000);
  const { path } = await refresh();
  await expectAgreement(path);
  const [one] = await readDatabase(path, {}, (db) =>
    rowsOf(db, "SELECT count(*)::INTEGER AS devices, count(DISTINCT device_id)::INTEGER AS ids FROM int_device"),
  );
  expect(one).toEqual({ devices: 3000, ids: 3000 });
});

/** Words and values that are equal, nearly equal or only look it. */
const WORDS = ["A", "a", " A", "", null, "(none)", "tab\tA", "x".repeat(300), `${"x".repeat(299)}y`, "\\N", "NULL"];
const VALUES = [
  "12.5",
  "12.50",
  " 12.5",
  "1e1",
  "0x10",
  "NaN",
  "-999",
  "-999.0",
  "250",
  "",
  null,
  "\\N",
  "99999999999999",
];
const STAGES = ["QUEUED", "DOWNLOADING", "elsewhere", null];

test("so it does where words and values are strange, and equal words have several numbers", async () => {
  const trial = await emptyTrial();
  await campaign(trial, "strange", [
    "region",
    "model",
    "firmware_from",
    "last_stage",
    "error_code",
    "battery_voltage",
    "signal_strength",
    "storage_free_mb",
  ]);
  const word = (no: number): string | null => WORDS[no % WORDS.length] ?? null;
  const value = (no: number): string | null => VALUES[no % VALUES.length] ?? null;
  for (let no = 0; no < 220; no += 1) {
    const told = {
      region: word(no),
      model: word(3 * no),
      firmware: word(5 * no),
      error: word(7 * no),
      stage: STAGES[no % 4] ?? null,
    };
    const values = { battery: value(no), signal: value(3 * no), storage: value(5 * no) };
    await report(trial, `D${no}`, { ...told, ...values, status: no % 3 ? "Success" : "Partial" });
  }
  await trial.client.query("INSERT INTO decision_rule VALUES (1, 'RETRY_UPDATE', 'Recovered', 'p', 1, E'a\\trule')");
  await trial.client.query(
    `INSERT INTO decision SELECT bucket, 1, device_no, 1, 1, 0 FROM stored_report WHERE device_no % 6 = 0`,
  );
  await trial.client.query(
    `INSERT INTO batch_ledger (campaign_id, stage, pass, batch_no, batches, run_id, worker, rows, checksum, started_at, finished_at)
     VALUES (1, 'recover', 1, 0, 1, gen_random_uuid(), 0, 37, 'x', now(), now())`,
  );
  const { path } = await trial.refresh();
  await expectAgreement(path);
});

test("a warehouse can be opened by any DuckDB, and int_device asked, long after it was made", async () => {
  const { refresh } = await trialOf(400);
  const { path } = await refresh();
  for (const access_mode of ["READ_ONLY", "READ_WRITE"]) {
    const instance = await DuckDBInstance.create(path, { access_mode });
    const db = await instance.connect();
    try {
      const [row] = await rowsOf(
        db,
        `SELECT count(*)::INTEGER AS devices, count(signal_finding)::INTEGER AS findings, round(avg(battery_voltage))::INTEGER AS volts
         FROM int_device`,
      );
      expect(row, access_mode).toMatchObject({ devices: 400, volts: 13 });
      expect(Number(row?.findings)).toBeGreaterThan(0);
      const [beside] = await rowsOf(db, "SELECT sum(devices)::INTEGER AS devices FROM region_failure");
      expect(beside).toEqual({ devices: 400 });
    } finally {
      db.closeSync();
      instance.closeSync();
    }
  }
});
