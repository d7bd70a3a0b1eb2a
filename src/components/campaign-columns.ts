import type { SettingDifference } from "./campaign-pair.js";
import type { CampaignDifference, CampaignRate } from "./campaign-rows.js";
import { nameOf } from "./difference-chart.js";
import { moment, percent, points, pValue, range, whole, words } from "./format.js";
import type { Column } from "./table.js";
import { visible } from "./visible.js";

/** How the tables of the page Runs show their marts. */

const n = <T>(key: keyof T & string, label: string): Column<T> => ({
  ...{ key, label, numeric: true },
  show: (row) => whole(row[key] as number),
});

/** A share of the failures with its interval in one cell: on paper there is no room for two. */
const ofFailures = (...keys: readonly [rate: Share, low: Share, high: Share]): Column<CampaignRate> => ({
  ...{ key: keys[0], label: "Of failures", numeric: true },
  show: (row) => {
    const [rate, low, high] = keys.map((key) => row[key]);
    return rate === null ? percent(rate) : `${percent(rate)} (${range(low, high)})`;
  },
});
type Share =
  | "recovery_rate"
  | "recovery_low"
  | "recovery_high"
  | "quarantine_rate"
  | "quarantine_low"
  | "quarantine_high";

export const RATE_COLUMNS: Column<CampaignRate>[] = [
  { key: "campaign", label: "Campaign" },
  { key: "created_at", label: "Created", show: (row) => moment(row.created_at) },
  n("devices", "Devices"),
  n("failed", "Failed"),
  { key: "rate", label: "Rate", numeric: true, show: (row) => percent(row.rate) },
  { key: "rate_low", label: "95% interval", numeric: true, show: (row) => range(row.rate_low, row.rate_high) },
  n("recovered", "Recovered"),
  ofFailures("recovery_rate", "recovery_low", "recovery_high"),
  n("quarantined", "Held for a person"),
  ofFailures("quarantine_rate", "quarantine_low", "quarantine_high"),
  n("undecided", "Undecided"),
];

const rateOf = (events: number, devices: number): string => (devices === 0 ? "–" : percent(events / devices, 2));

export const DIFFERENCE_COLUMNS: Column<CampaignDifference>[] = [
  { key: "scope", label: "By", show: (row) => words(row.scope) },
  { key: "name", label: "What", show: nameOf },
  n("events_a", "A"),
  n("devices_a", "of"),
  { key: "a", label: "Rate of A", numeric: true, show: (row) => rateOf(row.events_a, row.devices_a) },
  n("events_b", "B"),
  n("devices_b", "of"),
  { key: "b", label: "Rate of B", numeric: true, show: (row) => rateOf(row.events_b, row.devices_b) },
  { key: "difference", label: "A − B, points", numeric: true, show: (row) => points(row.difference, 2) },
  {
    ...{ key: "low", label: "95% interval", numeric: true },
    show: (row) => (row.low === null ? "–" : `${points(row.low, 2)} to ${points(row.high, 2)}`),
  },
  { key: "p_holm", label: "p (Holm)", numeric: true, show: (row) => pValue(row.p_holm) },
  { key: "verdict", label: "Verdict" },
];

const value = (setting: string, text: string | null): string =>
  text === null ? "–" : MOMENTS.has(setting) ? moment(text) : visible(text);
const MOMENTS = new Set(["created", "recovered"]);

export const SETTING_COLUMNS: Column<SettingDifference>[] = [
  { key: "setting", label: "Setting" },
  { key: "in_a", label: "A", show: (row) => value(row.setting, row.in_a) },
  { key: "in_b", label: "B", show: (row) => value(row.setting, row.in_b) },
  { key: "decides", label: "Figures hang on it", show: (row) => (row.decides ? "yes" : "no") },
];
