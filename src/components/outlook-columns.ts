import type { Move, Outcome, Part, Swing } from "sentinel-ota/domain";
import { place, whole } from "./format.js";
import { money, valueWithUnit } from "./money.js";
import type { AssumptionRow } from "./outlook-rows.js";
import { OUTCOME_NAME } from "./policy-outcome.js";
import type { Column } from "./table.js";

/** How the tables of Policy and ROI are headed and written. */

export const MOVE_COLUMNS: readonly Column<Move>[] = [
  { key: "region", label: "Region", show: (row) => place(row.region) },
  { key: "from", label: "Campaign's policy", show: (row) => OUTCOME_NAME[row.from] },
  { key: "to", label: "What-if", show: (row) => OUTCOME_NAME[row.to] },
  { key: "devices", label: "Devices", numeric: true, show: (row) => whole(row.devices) },
];

/** Devices by what one policy and another say of them. */
export interface OutcomeCount {
  readonly outcome: Outcome;
  readonly from: number;
  readonly to: number;
}

export const OUTCOME_COLUMNS: readonly Column<OutcomeCount>[] = [
  { key: "outcome", label: "What is decided", show: (row) => OUTCOME_NAME[row.outcome] },
  { key: "from", label: "Campaign's policy", numeric: true, show: (row) => whole(row.from) },
  { key: "to", label: "What-if", numeric: true, show: (row) => whole(row.to) },
];

export const assumptionColumns = (currency: string): readonly Column<AssumptionRow>[] => [
  { key: "label", label: "Assumption" },
  { key: "low", label: "Low", numeric: true, show: (row) => valueWithUnit(row.low, row.unit, currency) },
  { key: "mid", label: "Mid", numeric: true, show: (row) => valueWithUnit(row.mid, row.unit, currency) },
  { key: "high", label: "High", numeric: true, show: (row) => valueWithUnit(row.high, row.unit, currency) },
  { key: "source", label: "Source", show: (row) => row.source ?? "none" },
  { key: "note", label: "Note" },
];

export type NamedPart = Part & { readonly label: string };

export const partColumns = (currency: string): readonly Column<NamedPart>[] => [
  { key: "label", label: "Part" },
  { key: "amount", label: "Amount", numeric: true, show: (row) => money(row.amount, currency) },
];

export type NamedSwing = Swing & { readonly label: string; readonly range: string };

export const swingColumns = (currency: string): readonly Column<NamedSwing>[] => [
  { key: "label", label: "Assumption" },
  { key: "range", label: "From low to high" },
  { key: "low", label: "Return at low", numeric: true, show: (row) => money(row.low, currency) },
  { key: "high", label: "Return at high", numeric: true, show: (row) => money(row.high, currency) },
];
