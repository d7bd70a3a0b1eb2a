/**
 * The closed sets of words that every part shares. The words and their meaning are the public contract; see docs/dictionary.md.
 */

/** What a device may report about its update. */
export const REPORTED_STATUSES = ["Success", "Partial"] as const;
export type ReportedStatus = (typeof REPORTED_STATUSES)[number];

/** What `ota_logs` says of a device: what it reported, or what followed from it. */
export const UPDATE_STATUSES = [...REPORTED_STATUSES, "Recovered", "Quarantined"] as const;

/** What recovery can decide for a Partial device. */
export const ACTIONS = ["RETRY_UPDATE", "FORCE_ROLLBACK", "MANUAL_TRIAGE"] as const;
export type Action = (typeof ACTIONS)[number];

/** The actions that a policy may choose; `MANUAL_TRIAGE` follows from a finding alone. */
export const POLICY_ACTIONS = ["RETRY_UPDATE", "FORCE_ROLLBACK"] as const;
export type PolicyAction = (typeof POLICY_ACTIONS)[number];

/** What a person can do with a place in the triage queue. `reopen` takes back what was done last. */
export const TRIAGE_VERBS = ["fix", "accept", "reject", "release", "reopen"] as const;
export type TriageVerb = (typeof TRIAGE_VERBS)[number];

/** A place in the triage queue: it waits for a person, waits for the next recovery (or was recovered since), or was decided by the person. */
export const TRIAGE_STATES = ["open", "released", "rejected"] as const;
export type TriageState = (typeof TRIAGE_STATES)[number];

/** Stands where the name of a policy does for what a person decided alone; no policy has this name. */
export const PERSON = "person";

/** The telemetry that rules look at, in the order in which they look. Units: volts, percent, megabytes. */
export const TELEMETRY_FIELDS = ["battery_voltage", "signal_strength", "storage_free_mb"] as const;
export type TelemetryField = (typeof TELEMETRY_FIELDS)[number];

/** How chaos may corrupt one report; `fault-kinds.ts` says what each does. The first four are the prototype's. */
export const FAULT_KINDS = [
  ...(["null", "type_mismatch", "signal_drop", "out_of_range"] as const),
  ...(["missing_field", "unknown_enum", "sentinel", "not_finite", "truncated", "mojibake"] as const),
  ...(["bad_encoding", "oversize", "future_timestamp"] as const),
  ...(["spike", "unit_mixup", "swapped_columns", "out_of_order", "clock_skew", "false_success"] as const),
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** The steps of an update, in their order. Only the last one is a success. */
export const UPDATE_STAGES = [
  "QUEUED",
  "ACKNOWLEDGED",
  "DOWNLOADING",
  "DOWNLOADED",
  "VERIFIED",
  "INSTALLING",
  "REBOOTING",
  "CONFIRMING",
  "SUCCEEDED",
] as const;
export type UpdateStage = (typeof UPDATE_STAGES)[number];

/** The pipeline's stages that commit in batches, and so have rows in `batch_ledger`. */
export const BATCHED_STAGES = ["generate", "corrupt", "recover"] as const;
export type BatchedStage = (typeof BATCHED_STAGES)[number];

/** What a report carries beside its identity and its status, in the order of the columns of `device_report`. */
export const REPORT_COLUMNS = [
  "region",
  "model",
  "hardware",
  "firmware_from",
  "firmware_to",
  "firmware_reported",
  "last_stage",
  "error_code",
  "attempts",
  "battery_voltage",
  "signal_strength",
  "storage_free_mb",
  "reported_at",
] as const;
export type ReportColumn = (typeof REPORT_COLUMNS)[number];

/** What rules and policies may ask about. */
export const RULE_FIELDS = [...REPORT_COLUMNS, "device_id"] as const;
export type RuleField = (typeof RULE_FIELDS)[number];

/** What a device is: words that many devices share, so that each combination is stored once (`device_profile`). */
export const PROFILE_COLUMNS = ["region", "model", "hardware", "firmware_from", "firmware_to"] as const;

/** What became of its update: likewise (`update_outcome`). */
export const OUTCOME_COLUMNS = [
  "firmware_reported",
  "last_stage",
  "error_code",
  "update_status",
  "counted_status",
] as const;

/** The columns that an import must bring; the others may be absent. */
export const REQUIRED_IMPORT_COLUMNS = [
  "device_id",
  "region",
  "battery_voltage",
  "signal_strength",
  "update_status",
] as const;

/** How many hash slots the devices of a campaign fall into. */
export const BUCKET_COUNT = 1024;

/** Rule of a device that is in triage because the server refused what was decided on it; no rule of a rule set has this id. */
export const REFUSED_RULE = "refused_by_server";
