import { type Part, partsOf, swingsOf, type Values } from "sentinel-ota/domain";
import type { Figure } from "./cards.js";
import { money, rangeWithUnit } from "./money.js";
import type { NamedPart, NamedSwing } from "./outlook-columns.js";
import type { AssumptionRow, RoiBaseRow } from "./outlook-rows.js";

const PART_NAME: Readonly<Record<Part["id"], string>> = {
  trucks: "Truck rolls avoided",
  tickets: "Support tickets avoided",
  replacements: "Replacements avoided",
  downtime: "Downtime avoided",
  actions: "Attempts",
  data: "Data sent",
  labour: "Work on held devices",
};

/** The parts of the return with their names. */
export const namedParts = (base: RoiBaseRow, values: Values): NamedPart[] =>
  partsOf(base, values).map((part) => ({ ...part, label: PART_NAME[part.id] }));

/** What each assumption alone does, with its name and range. */
export function namedSwings(base: RoiBaseRow, assumptions: readonly AssumptionRow[], values: Values): NamedSwing[] {
  const of = new Map(assumptions.map((one) => [one.id, one]));
  return swingsOf(base, assumptions, values).map((swing) => {
    const { label, low, high, unit, currency } = of.get(swing.id) as AssumptionRow;
    return {
      ...swing,
      label,
      range: rangeWithUnit([low, high], unit, currency),
    };
  });
}

/** The three totals, side by side: never one alone. */
export function totalFigures([low, mid, high]: readonly number[], currency: string, isChosen: boolean): Figure[] {
  return [
    { label: "Low", value: money(low ?? 0, currency), note: "every assumption at the end that saves least" },
    {
      label: isChosen ? "As chosen" : "Middle",
      value: money(mid ?? 0, currency),
      note: isChosen ? "with the values below" : "every assumption in its middle",
    },
    { label: "High", value: money(high ?? 0, currency), note: "every assumption at the end that saves most" },
  ];
}
