import { fieldName, percent, place, range, whole, words } from "../format.js";
import type { Column } from "../table.js";
import type { Gap } from "./gap.js";
import { gapText } from "./gap-chart.js";
import type { BatteryStep, RegionMakeup, RuleFinding } from "./rows.js";

/** How the tables of the notebooks show their rows. The CSV has every column, as it is. */

const n = <T>(key: keyof T & string, label: string): Column<T> => ({
  key,
  label,
  numeric: true,
  show: (row) => whole(row[key] as number),
});

export const MAKEUP_COLUMNS: Column<RegionMakeup>[] = [
  { key: "region", label: "Region", show: (row) => place(row.region) },
  { key: "model", label: "Model", show: (row) => place(row.model) },
  { key: "firmware_from", label: "Firmware before", show: (row) => place(row.firmware_from) },
  n("devices", "Devices"),
  n("failures", "Failures"),
];

export const STEP_COLUMNS: Column<BatteryStep>[] = [
  { key: "region", label: "Region", show: (row) => place(row.region) },
  { key: "battery_to", label: "Up to, V", numeric: true, show: (row) => row.battery_to.toFixed(1) },
  n("devices", "Devices"),
  n("failures", "Failures"),
  n("retried", "Retried"),
  n("rolled", "Rolled back"),
];

export const RULE_COLUMNS: Column<RuleFinding>[] = [
  { key: "rule_id", label: "Rule", show: (row) => words(row.rule_id) },
  { key: "field", label: "Field", show: (row) => fieldName(row.field) },
  { key: "severity", label: "Severity" },
  n("findings", "Found"),
  n("injected", "Injected"),
  n("right_kind", "Of its kind"),
  { key: "precision", label: "Precision", numeric: true, show: (row) => percent(row.precision) },
  {
    key: "precision_low",
    label: "95% interval",
    numeric: true,
    show: (row) => range(row.precision_low, row.precision_high),
  },
];

/** A comparison as a line of its table. */
export interface GapRow extends Gap {
  readonly label: string;
}

export const GAP_COLUMNS: Column<GapRow>[] = [
  { key: "label", label: "Compared" },
  n("n", "Devices"),
  { key: "gap", label: "Points, with the 95% interval", numeric: true, show: gapText },
];
