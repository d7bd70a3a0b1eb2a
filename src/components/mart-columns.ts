import { batchName } from "./batch-name.js";
import { fieldName, moment, percent, place, points, pValue, range, stageName, whole, words } from "./format.js";
import type {
  Batch,
  Bottleneck,
  DataQuality,
  DetectionScore,
  FaultDetection,
  FleetStatus,
  ImportReject,
  Interval,
  ModelFailure,
  RecoveryAction,
  RegionFailure,
  RegionStageFailure,
  Run,
  Throughput,
  TriageItem,
  TriageStanding,
  TriageWork,
} from "./rows.js";
import type { Column } from "./table.js";
import { changes } from "./triage-proposal.js";
import { visible } from "./visible.js";

/** How the table under each chart shows its mart. The CSV has every column, as it is. */

const region = <T extends { region: string | null }>(): Column<T> => ({
  key: "region",
  label: "Region",
  show: (row) => place(row.region),
});
const rate = <T extends Interval>(digits = 1): Column<T>[] => [
  { key: "rate", label: "Rate", numeric: true, show: (row) => percent(row.rate, digits) },
  { key: "rate_low", label: "95% interval", numeric: true, show: (row) => range(row.rate_low, row.rate_high, digits) },
];
const n = <T>(key: keyof T & string, label: string): Column<T> => ({
  key,
  label,
  numeric: true,
  show: (row) => whole(row[key] as number),
});

export const STATUS_COLUMNS: Column<FleetStatus>[] = [
  { key: "update_status", label: "Status" },
  n("devices", "Devices"),
  { key: "share", label: "Share", numeric: true, show: (row) => percent(row.share, 2) },
  { key: "share_low", label: "95% interval", numeric: true, show: (row) => range(row.share_low, row.share_high, 2) },
];

export const REGION_COLUMNS: Column<RegionFailure>[] = [
  region(),
  n("devices", "Devices"),
  n("failures", "Failures"),
  ...rate<RegionFailure>(),
  { key: "difference", label: "Points from fleet", numeric: true, show: (row) => points(row.difference) },
  { key: "p_holm", label: "p (Holm)", numeric: true, show: (row) => pValue(row.p_holm) },
  { key: "verdict", label: "Verdict" },
  n("recovered", "Recovered"),
  n("quarantined", "Quarantined"),
];

export const STAGE_COLUMNS: Column<RegionStageFailure>[] = [
  { key: "stage", label: "Stage", show: (row) => stageName(row.stage) },
  region(),
  n("at_risk", "Reached it"),
  n("failures", "Failed there"),
  ...rate<RegionStageFailure>(2),
  { key: "difference", label: "Points from fleet", numeric: true, show: (row) => points(row.difference, 2) },
  { key: "p_holm", label: "p (Holm)", numeric: true, show: (row) => pValue(row.p_holm) },
];

export const RANKING_COLUMNS: Column<Bottleneck>[] = [
  { key: "stage", label: "Stage", show: (row) => stageName(row.stage) },
  region(),
  n("at_risk", "Reached it"),
  n("failures", "Failed there"),
  ...rate<Bottleneck>(2),
  n("rank", "RANK"),
  n("dense_rank", "DENSE_RANK"),
  n("row_number", "ROW_NUMBER"),
  { key: "rank_low", label: "May be", numeric: true, show: placesOf },
  { key: "tied", label: "Tied", show: (row) => (row.tied ? "tied" : "") },
];

export function placesOf(row: Bottleneck): string {
  return row.rank_low === row.rank_high ? `${row.rank_low}` : `${row.rank_low}–${row.rank_high}`;
}

export const MODEL_COLUMNS: Column<ModelFailure>[] = [
  { key: "model", label: "Model", show: (row) => place(row.model) },
  { key: "firmware_from", label: "Firmware before", show: (row) => place(row.firmware_from) },
  n("devices", "Devices"),
  n("failures", "Failures"),
  ...rate<ModelFailure>(),
  n("rank", "RANK"),
];

export const ACTION_COLUMNS: Column<RecoveryAction>[] = [
  { key: "action", label: "Action" },
  { key: "policy_rule", label: "Policy rule", show: (row) => words(row.policy_rule) },
  region(),
  n("devices", "Devices"),
  {
    key: "share_of_region",
    label: "Of the region's failures",
    numeric: true,
    show: (row) => percent(row.share_of_region),
  },
];

const ms = <T>(key: keyof T & string, label: string): Column<T> => ({ ...n<T>(key, `${label}, ms`) });

export const BATCH_COLUMNS: Column<Batch>[] = [
  n("pass", "Pass"),
  { ...n("batch_no", "Batch"), show: batchName },
  n("worker", "Worker"),
  n("rows", "Devices"),
  ms("started_ms", "Started"),
  ms("finished_ms", "Finished"),
  ms("duration_ms", "Took"),
  n("cumulative_rows", "Devices so far"),
];

export const THROUGHPUT_COLUMNS: Column<Throughput>[] = [
  n("worker", "Worker"),
  n("batches", "Batches"),
  n("rows", "Devices"),
  ms("busy_ms", "Busy"),
  n("rows_per_second", "Devices a second"),
];

export const RUN_COLUMNS: Column<Run>[] = [
  { key: "started_at", label: "Started", show: (row) => moment(row.started_at) },
  { key: "stage", label: "Stage" },
  { key: "result", label: "Result" },
  ms("duration_ms", "Took"),
  { key: "version", label: "Version" },
  {
    key: "options",
    label: "Options",
    show: (row) => visible(typeof row.options === "string" ? row.options : JSON.stringify(row.options)),
  },
];

const detected = <T>(): Column<T>[] => [
  n("injected" as keyof T & string, "Injected"),
  n("found" as keyof T & string, "Found"),
  n("right_rule" as keyof T & string, "By the right rule"),
  n("missed" as keyof T & string, "Missed"),
  n("elsewhere" as keyof T & string, "Held for another field"),
  n("false_alarms" as keyof T & string, "False alarms"),
];

export const FAULT_COLUMNS: Column<FaultDetection>[] = [
  { key: "field", label: "Field", show: (row) => fieldName(row.field) },
  { key: "kind", label: "Kind of fault", show: (row) => words(row.kind) },
  ...detected<FaultDetection>(),
  { key: "precision", label: "Precision", numeric: true, show: (row) => percent(row.precision) },
  { key: "recall", label: "Recall", numeric: true, show: (row) => percent(row.recall) },
];

export const SCORE_COLUMNS: Column<DetectionScore>[] = [
  {
    key: "name",
    label: "Kind, layer, whole",
    show: (row) => (row.scope === "layer" ? `all ${row.name}` : words(row.name)),
  },
  ...detected<DetectionScore>(),
  { key: "recall", label: "Recall", numeric: true, show: (row) => percent(row.recall) },
  { key: "recall_low", label: "95% interval", numeric: true, show: (row) => range(row.recall_low, row.recall_high) },
  { key: "precision", label: "Precision", numeric: true, show: (row) => percent(row.precision) },
  {
    key: "precision_low",
    label: "95% interval",
    numeric: true,
    show: (row) => range(row.precision_low, row.precision_high),
  },
  { key: "f1", label: "F1", numeric: true, show: (row) => (row.f1 === null ? "–" : row.f1.toFixed(3)) },
];

export const QUALITY_COLUMNS: Column<DataQuality>[] = [
  { key: "field", label: "Field", show: (row) => fieldName(row.field) },
  region(),
  n("devices", "Devices"),
  n("findings", "Break a rule"),
  { key: "finding_rate", label: "Rate", numeric: true, show: (row) => percent(row.finding_rate, 2) },
  {
    key: "finding_rate_low",
    label: "95% interval",
    numeric: true,
    show: (row) => range(row.finding_rate_low, row.finding_rate_high, 2),
  },
  n("findings_success", "Reported Success"),
  n("findings_partial", "Reported Partial"),
  {
    key: "mean_trusted",
    label: "Mean of the trusted",
    numeric: true,
    show: (row) => (row.mean_trusted === null ? "–" : row.mean_trusted.toFixed(2)),
  },
];

export const REJECT_COLUMNS: Column<ImportReject>[] = [
  n("row_no", "Row"),
  { key: "reason", label: "Reason" },
  { key: "device_id", label: "Device as it came" },
];

export const OPEN_COLUMNS: Column<TriageItem>[] = [
  { key: "severity", label: "Severity" },
  { key: "device_id", label: "Device" },
  { key: "rule_id", label: "Rule" },
  { key: "raw", label: "As received" },
  { key: "expected", label: "Expected" },
  { key: "proposed", label: "Proposed", show: (row) => changes(row) || "–" },
];

export const STANDING_COLUMNS: Column<TriageStanding>[] = [
  { key: "name", label: "Rule or region", show: (row) => (row.scope === "rule" ? words(row.name) : place(row.name)) },
  { key: "severity", label: "Severity" },
  n("held", "Ever held"),
  n("open", "Open"),
  n("waiting", "Released"),
  n("recovered", "Recovered since"),
  n("rejected", "Decided by a person"),
  n("repaired", "Repaired by a rule"),
  n("proposed", "Open, fix proposed"),
];

export const WORK_COLUMNS: Column<TriageWork>[] = [
  { key: "day", label: "Day (UTC)" },
  { key: "verb", label: "Decision" },
  { key: "decider", label: "By a" },
  n("decisions", "Decisions"),
];
