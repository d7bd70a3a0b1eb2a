/** The rows of the marts that pages read. Counts are whole, rates 0 to 1; null where nothing can be said. */

type Rate = number | null;

export interface Campaign {
  campaign: string;
  title: string;
  owner: string | null;
  source: string;
  source_file: string | null;
  seed: string;
  firmware_to: string | null;
  devices: number;
  rejected: number;
  fault_rate: Rate;
  fault_profile: string | null;
  rules: string;
  rules_version: number;
  success: number;
  partial: number;
  recovered: number;
  quarantined: number;
  failed: number;
  /** Of the failed: devices that reported success but another version. */
  contradicted: number;
  failure_rate: Rate;
  recovery_rate: Rate;
  triage_open: number;
  injected_faults: number;
  found_faults: number;
  checks_passed: number;
  checks_total: number;
  snapshot_id: string;
  taken_at: string;
  version: string;
}

export interface FleetStatus {
  update_status: string;
  ordinal: number;
  devices: number;
  share: Rate;
  share_low: Rate;
  share_high: Rate;
}

export interface Interval {
  rate: Rate;
  rate_low: Rate;
  rate_high: Rate;
}

interface Compared extends Interval {
  fleet_rate: Rate;
  difference: Rate;
  p_value: Rate;
  p_holm: Rate;
}

export interface RegionFailure extends Compared {
  region: string | null;
  devices: number;
  failures: number;
  verdict: string;
  recovered: number;
  quarantined: number;
  rest_devices: number;
  rest_rate: Rate;
  rest_low: Rate;
  rest_high: Rate;
  gap: Rate;
  gap_low: Rate;
  gap_high: Rate;
}

export interface RegionStageFailure extends Compared {
  region: string | null;
  stage: string;
  stage_ordinal: number;
  at_risk: number;
  failures: number;
  significant: boolean;
  enough: boolean;
}

export interface Bottleneck extends Interval {
  stage: string;
  stage_ordinal: number;
  region: string | null;
  at_risk: number;
  failures: number;
  rank: number;
  dense_rank: number;
  row_number: number;
  rank_low: number;
  rank_high: number;
  tied: boolean;
  share_of_stage_failures: Rate;
}

export interface ModelFailure extends Interval {
  model: string | null;
  firmware_from: string | null;
  devices: number;
  failures: number;
  rank: number;
}

export interface RecoveryAction {
  action: string;
  policy_rule: string | null;
  region: string | null;
  devices: number;
  share_of_region: Rate;
}

interface Detected {
  injected: number;
  found: number;
  right_rule: number;
  missed: number;
  elsewhere: number;
  false_alarms: number;
  precision: Rate;
  recall: Rate;
}

export interface FaultDetection extends Detected {
  field: string;
  kind: string;
  kind_ordinal: number | null;
  layer: string | null;
}

export interface DetectionScore extends Detected {
  scope: string;
  name: string;
  layer: string | null;
  recall_low: Rate;
  recall_high: Rate;
  precision_low: Rate;
  precision_high: Rate;
  f1: Rate;
  f1_low: Rate;
  f1_high: Rate;
}

export interface ChaosSummary {
  fault_profile: string | null;
  fault_rate: Rate;
  struck_devices: number;
  faults: number;
  sound_devices: number;
  sound_with_finding: number;
  false_alarm_rate: Rate;
  false_alarm_rate_low: Rate;
  false_alarm_rate_high: Rate;
}

export interface DataQuality {
  region: string | null;
  field: string;
  devices: number;
  reported: boolean;
  findings: number;
  findings_success: number;
  findings_partial: number;
  finding_rate: Rate;
  finding_rate_low: Rate;
  finding_rate_high: Rate;
  mean_trusted: number | null;
}

export interface TriageItem {
  device_id: string;
  region: string | null;
  model: string | null;
  firmware_from: string | null;
  last_stage: string | null;
  error_code: string | null;
  severity: string;
  rule_id: string;
  field: string;
  raw: string | null;
  expected: string | null;
  /** JSON: a list of field, rule, from and to. */
  proposed: string | null;
  /** Whether what is proposed leaves no rule broken. */
  is_enough: boolean | null;
  raw_sha256: string | null;
  findings: number;
  version: number;
  attempt: number;
  quarantined_at: string;
}

export interface TriageStanding {
  scope: string;
  name: string;
  severity: string | null;
  held: number;
  open: number;
  waiting: number;
  recovered: number;
  rejected: number;
  repaired: number;
  proposed: number;
}

export interface TriageWork {
  day: string;
  verb: string;
  decider: string;
  decisions: number;
}

export interface Batch {
  stage: string;
  pass: number;
  batch_no: number;
  worker: number;
  rows: number;
  started_ms: number;
  finished_ms: number;
  duration_ms: number;
  cumulative_rows: number;
  /** Batches that the row is: more than one in a stage of many. */
  batches: number;
}

export interface Throughput {
  stage: string;
  worker: number;
  batches: number;
  rows: number;
  busy_ms: number;
  rows_per_second: number | null;
}

export interface Invariant {
  ordinal: number;
  check_name: string;
  promise: string;
  expected: string | null;
  actual: string | null;
  passed: boolean;
  query: string;
  checked_at: string;
}

export interface ImportReject {
  row_no: number;
  reason: string;
  device_id: string | null;
  total: number;
}

export interface Run {
  started_at: string;
  stage: string;
  result: string;
  duration_ms: number | null;
  version: string;
  options: unknown;
}
