import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Marts } from "./fleet-fixture.ts";

/** The columns of each mart, in the words of DuckDB. */
const SCHEMA: Readonly<Record<string, string>> = {
  campaign_summary:
    "campaign VARCHAR, title VARCHAR, owner VARCHAR, source VARCHAR, source_file VARCHAR, seed INTEGER, firmware_to VARCHAR, devices INTEGER, rejected INTEGER, fault_rate DOUBLE, fault_profile VARCHAR, success INTEGER, partial INTEGER, recovered INTEGER, quarantined INTEGER, failed INTEGER, failure_rate DOUBLE, recovery_rate DOUBLE, triage_open INTEGER, injected_faults INTEGER, found_faults INTEGER, checks_passed INTEGER, checks_total INTEGER, snapshot_id VARCHAR, taken_at VARCHAR, version VARCHAR",
  fleet_status:
    "update_status VARCHAR, ordinal INTEGER, devices INTEGER, share DOUBLE, share_low DOUBLE, share_high DOUBLE",
  region_status:
    "region VARCHAR, update_status VARCHAR, devices INTEGER, region_devices INTEGER, rate DOUBLE, rate_low DOUBLE, rate_high DOUBLE",
  region_failure:
    "region VARCHAR, devices INTEGER, failures INTEGER, rate DOUBLE, rate_low DOUBLE, rate_high DOUBLE, fleet_rate DOUBLE, difference DOUBLE, p_value DOUBLE, p_holm DOUBLE, verdict VARCHAR, recovered INTEGER, quarantined INTEGER",
  region_stage_failure:
    "region VARCHAR, stage VARCHAR, stage_ordinal INTEGER, at_risk INTEGER, failures INTEGER, rate DOUBLE, rate_low DOUBLE, rate_high DOUBLE, fleet_rate DOUBLE, difference DOUBLE, p_value DOUBLE, p_holm DOUBLE, significant BOOLEAN, enough BOOLEAN",
  bottleneck_ranking:
    "stage VARCHAR, stage_ordinal INTEGER, region VARCHAR, at_risk INTEGER, failures INTEGER, rate DOUBLE, rate_low DOUBLE, rate_high DOUBLE, rank INTEGER, dense_rank INTEGER, row_number INTEGER, rank_low INTEGER, rank_high INTEGER, tied BOOLEAN, share_of_stage_failures DOUBLE",
  model_failure:
    "model VARCHAR, firmware_from VARCHAR, devices INTEGER, failures INTEGER, rate DOUBLE, rate_low DOUBLE, rate_high DOUBLE, rank INTEGER",
  error_pareto: "error_code VARCHAR, failures INTEGER, share DOUBLE, cumulative_share DOUBLE, rank INTEGER",
  recovery_action_summary:
    "action VARCHAR, policy_rule VARCHAR, region VARCHAR, devices INTEGER, share_of_region DOUBLE",
  fault_detection:
    "field VARCHAR, kind VARCHAR, injected INTEGER, found INTEGER, right_rule INTEGER, missed INTEGER, false_alarms INTEGER, precision DOUBLE, recall DOUBLE",
  data_quality:
    "region VARCHAR, field VARCHAR, devices INTEGER, reported INTEGER, findings INTEGER, findings_success INTEGER, findings_partial INTEGER, finding_rate DOUBLE, finding_rate_low DOUBLE, finding_rate_high DOUBLE, mean_trusted DOUBLE",
  triage_open:
    "device_id VARCHAR, region VARCHAR, model VARCHAR, firmware_from VARCHAR, last_stage VARCHAR, error_code VARCHAR, rule_id VARCHAR, field VARCHAR, raw VARCHAR, expected VARCHAR, raw_sha256 VARCHAR, findings VARCHAR, attempt INTEGER, quarantined_at VARCHAR",
  batch_timeline:
    "stage VARCHAR, pass INTEGER, batch_no INTEGER, worker INTEGER, rows INTEGER, started_ms DOUBLE, finished_ms DOUBLE, duration_ms DOUBLE, cumulative_rows INTEGER",
  worker_throughput:
    "stage VARCHAR, worker INTEGER, batches INTEGER, rows INTEGER, busy_ms DOUBLE, rows_per_second DOUBLE",
  invariants:
    "ordinal INTEGER, check_name VARCHAR, promise VARCHAR, expected VARCHAR, actual VARCHAR, passed BOOLEAN, query VARCHAR, checked_at VARCHAR",
  import_rejects: "row_no INTEGER, reason VARCHAR, device_id VARCHAR, total INTEGER",
  runs: "started_at VARCHAR, stage VARCHAR, result VARCHAR, duration_ms DOUBLE, version VARCHAR, options VARCHAR",
};

/** Writes a DuckDB file that holds the given rows as marts. */
export async function writeWarehouse(path: string, marts: Marts): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "sentinel-marts-"));
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    for (const [name, schema] of Object.entries(SCHEMA)) {
      await connection.run(`CREATE TABLE ${name} (${schema})`);
      const rows = marts[name] ?? [];
      if (rows.length === 0) continue;
      const file = join(folder, `${name}.json`);
      await writeFile(file, JSON.stringify(rows));
      await connection.run(
        `INSERT INTO ${name} BY NAME SELECT * FROM read_json('${file}', columns = ${columns(schema)})`,
      );
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}

function columns(schema: string): string {
  const pairs = schema.split(", ").map((column) => column.split(" "));
  return `{${pairs.map(([name, type]) => `'${name}': '${type}'`).join(", ")}}`;
}
