import { element } from "./element.js";
import { fieldName, list, percent } from "./format.js";
import { groupBy } from "./group.js";
import { intervalChart } from "./interval-chart.js";
import { qualityIntervals } from "./interval-rows.js";
import type { DataQuality } from "./rows.js";

/** Makes a chart that follows the width of its place, as Framework's `resize` does. */
export type Resize = (draw: (width: number) => Element) => Element;

/** A share of fewer devices says little, and its interval would leave no room for the others. */
const LEAST_DEVICES = 30;

/** One chart a field where any value breaks a rule, on one axis, so that fields can be compared; what has no chart is said in words. */
export function qualityCharts(rows: readonly DataQuality[], resize: Resize): HTMLElement {
  const told = rows.filter((row) => row.devices >= LEAST_DEVICES);
  const domain = [0, 1.02 * Math.max(0.01, ...told.map((row) => row.finding_rate_high ?? 0))] as const;
  const fields = [...groupBy(rows, (row) => row.field)];
  const drawn = fields.filter(([, group]) => !group[0]?.reported || group.some((row) => row.findings > 0));
  const sound = fields.filter((field) => !drawn.includes(field)).map(([field]) => fieldName(field).toLowerCase());
  return element(
    "div",
    {},
    element(
      "div",
      { class: "small-multiples" },
      drawn.map(([field, group]) => {
        const enough = group.filter((row) => row.devices >= LEAST_DEVICES);
        return element(
          "div",
          {},
          element("h3", {}, heading(field, group)),
          group[0]?.reported ? resize((width) => chart(field, enough, width, domain)) : absent(),
        );
      }),
    ),
    sound.length > 0 ? hint(`No value breaks a rule: ${list(sound)}.`) : "",
    told.length < rows.length ? hint(`Groups of fewer than ${LEAST_DEVICES} devices are in the table alone.`) : "",
  );
}

const hint = (text: string): HTMLElement => element("p", { class: "hint" }, text);

function heading(field: string, group: readonly DataQuality[]): string {
  const devices = group.reduce((sum, row) => sum + row.devices, 0);
  const findings = group.reduce((sum, row) => sum + row.findings, 0);
  return group.some((row) => row.reported) && devices > 0
    ? `${fieldName(field)}: ${percent(findings / devices)}`
    : fieldName(field);
}

const chart = (
  field: string,
  rows: readonly DataQuality[],
  width: number,
  domain: readonly [number, number],
): Element =>
  intervalChart(qualityIntervals(rows), {
    width,
    domain,
    name: `Share of ${fieldName(field).toLowerCase()} values that break a rule, by region`,
  });

const absent = (): HTMLElement => hint("The source does not report this field, which is no fault.");
