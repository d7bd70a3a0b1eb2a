/** A type of DuckDB; what is no whole number is kept as the text that PostgreSQL writes. */
export type ColumnType = "INTEGER" | "BIGINT" | "VARCHAR";
export type Columns = Readonly<Record<string, ColumnType>>;

const [INT, BIG, TEXT] = ["INTEGER", "BIGINT", "VARCHAR"] as const;

/**
 * The tables of an archive with their columns, in the order in which they are loaded. The campaign's own row stands in the manifest, and its
 * number nowhere: it gets another one where it is imported. Times are in UTC, bytes in PostgreSQL's hexadecimal notation.
 */
export const TABLES = {
  profile: { profile_no: INT, region: TEXT, model: TEXT, hardware: TEXT, firmware_from: TEXT, firmware_to: TEXT },
  outcome: {
    ...{ outcome_no: INT, firmware_reported: TEXT, last_stage: TEXT, error_code: TEXT, update_status: TEXT },
    ...{ counted_status: TEXT },
  },
  device: {
    ...{ bucket: INT, device_no: INT, profile_no: INT, outcome_no: INT, device_id: TEXT, attempts: TEXT },
    ...{ battery_voltage: TEXT, signal_strength: TEXT, storage_free_mb: TEXT, reported_at: TEXT },
  },
  fault: {
    ...{ bucket: INT, device_id: TEXT, field: TEXT, kind: TEXT, before_value: TEXT, after_value: TEXT },
    ...{ batch_no: INT },
  },
  rule: {
    ...{ rule_no: INT, action: TEXT, policy: TEXT, policy_version: INT, policy_rule: TEXT, backoff_base_minutes: TEXT },
    ...{ backoff_cap_minutes: TEXT, is_free: TEXT, is_final: TEXT },
  },
  decision: { bucket: INT, device_no: INT, rule_no: INT, pass: INT, batch_no: INT },
  triage: {
    ...{ bucket: INT, device_id: TEXT, rule_id: TEXT, rules_version: INT, field: TEXT, raw_value: TEXT },
    ...{ raw_sha256: TEXT, findings: TEXT, state: TEXT, attempt: INT, shard: INT, worker: INT, batch_no: INT },
    ...{ quarantined_at: TEXT, version: INT },
  },
  amendment: { bucket: INT, device_id: TEXT, field: TEXT, value: TEXT, waived_rule: TEXT },
  audit: {
    ...{ bucket: INT, device_id: TEXT, version: INT, verb: TEXT, decided_by: TEXT, decided_at: TEXT, why: TEXT },
    ...{ before: TEXT, after: TEXT, took_rule: INT, took_pass: INT, took_batch: INT, gave_rule: INT },
    ...{ gave_pass: INT, gave_batch: INT },
  },
  reject: { row_no: BIG, reason: TEXT, device_id: TEXT },
  run: {
    ...{ run_id: TEXT, names_campaign: INT, stage: TEXT, options: TEXT, version: TEXT, host: TEXT },
    ...{ started_at: TEXT, finished_at: TEXT, result: TEXT, error: TEXT },
  },
  batch: {
    ...{ stage: TEXT, pass: INT, batch_no: INT, batches: INT, run_id: TEXT, worker: INT, rows: BIG, checksum: TEXT },
    ...{ started_at: TEXT, finished_at: TEXT },
  },
  validation: {
    ...{ ordinal: INT, check_name: TEXT, promise: TEXT, expected: TEXT, actual: TEXT, passed: TEXT, query: TEXT },
    ...{ run_id: TEXT, checked_at: TEXT },
  },
} as const satisfies Record<string, Columns>;

export type TableName = keyof typeof TABLES;

/** The format that gave outcomes their `counted_status`; before it each counted as what it was. */
const COUNTED_SINCE = 3;

/** Whether an export of that format says of contradicted successes what they count as. */
export const saysCounted = (format: number): boolean => format >= COUNTED_SINCE;

/** The columns that a table has in an export of that format. */
export function columnsIn(table: TableName, format: number): Columns {
  if (table !== "outcome" || saysCounted(format)) return TABLES[table];
  const { counted_status: _, ...before } = TABLES.outcome;
  return before;
}

export const TABLE_NAMES = Object.keys(TABLES) as TableName[];

export type FileName = `${TableName}.parquet`;

/** The only name that the file of a table has. */
export function fileOf(table: TableName): FileName {
  return `${table}.parquet`;
}

/** The names of all files of tables. */
export const FILE_NAMES = TABLE_NAMES.map(fileOf);
