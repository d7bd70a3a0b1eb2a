import type {
  ErrorCode,
  ErrorGroupFailure,
  ErrorStage,
  GroupFailure,
  RegionGroupFailure,
  Tested,
} from "./error-rows.js";
import { errorName, groupName } from "./error-words.js";
import { percent, place, points, pValue, range, stageName, whole } from "./format.js";
import type { Column } from "./table.js";

/** How the tables under the charts of errors, models and versions show their marts. */

const number = <T>(key: keyof T & string, label: string): Column<T> => ({
  key,
  label,
  numeric: true,
  show: (row) => whole(row[key] as number),
});
const code = <T extends { error_code: string }>(): Column<T> => ({
  key: "error_code",
  label: "Error",
  show: (row) => errorName(row.error_code),
});
const group = <T extends { name: string }>(label: string): Column<T> => ({
  key: "name",
  label,
  show: (row) => groupName(row.name),
});
const meaning = <T extends { meaning: string | null }>(): Column<T>[] => [
  { key: "meaning", label: "Meaning" },
  { key: "source" as keyof T & string, label: "Source" },
  { key: "look_at" as keyof T & string, label: "Look first at" },
];
const tested = <T extends Tested>(usual: keyof T & string, label: string): Column<T>[] => [
  number("devices", "Devices"),
  number("failures", "Failures"),
  { key: "rate", label: "Rate", numeric: true, show: (row) => percent(row.rate, 2) },
  { key: "rate_low", label: "95% interval", numeric: true, show: (row) => range(row.rate_low, row.rate_high, 2) },
  { key: usual, label, numeric: true, show: (row) => percent(row[usual] as number | null, 2) },
  { key: "difference", label: "Points", numeric: true, show: (row) => points(row.difference, 2) },
  { key: "p_holm", label: "p (Holm)", numeric: true, show: (row) => pValue(row.p_holm) },
  { key: "verdict", label: "Verdict" },
];

export const PARETO_COLUMNS: Column<ErrorCode>[] = [
  number("rank", "RANK"),
  code(),
  number("failures", "Failures"),
  { key: "share", label: "Share", numeric: true, show: (row) => percent(row.share) },
  { key: "share_low", label: "95% interval", numeric: true, show: (row) => range(row.share_low, row.share_high) },
  { key: "cumulative_share", label: "So far", numeric: true, show: (row) => percent(row.cumulative_share) },
  ...meaning<ErrorCode>(),
];

export const ERROR_STAGE_COLUMNS: Column<ErrorStage>[] = [
  { key: "stage", label: "Stage", show: (row) => (row.stage === null ? "not known" : stageName(row.stage)) },
  code(),
  number("failures", "Failures"),
  { key: "share", label: "Share", numeric: true, show: (row) => percent(row.share) },
  ...meaning<ErrorStage>(),
];

export const groupColumns = (label: string): Column<GroupFailure>[] => [
  group(label),
  ...tested<GroupFailure>("rest_rate", "All others"),
];

export const errorGroupColumns = (label: string): Column<ErrorGroupFailure>[] => [
  group(label),
  code(),
  ...tested<ErrorGroupFailure>("rest_rate", "All others"),
];

export const regionGroupColumns = (label: string): Column<RegionGroupFailure>[] => [
  { key: "region", label: "Region", show: (row) => place(row.region) },
  group(label),
  ...tested<RegionGroupFailure>("elsewhere_rate", "The same elsewhere"),
];
