import { element } from "./element.js";
import { fieldName, percent } from "./format.js";
import { groupBy } from "./group.js";
import { intervalChart } from "./interval-chart.js";
import { qualityIntervals } from "./interval-rows.js";
import type { DataQuality } from "./rows.js";

/** Makes a chart that follows the width of its place, as Framework's `resize` does. */
export type Resize = (draw: (width: number) => Element) => Element;

/** One chart a field, on one axis, so that fields can be compared; a field that the source lacks says so. */
export function qualityCharts(rows: readonly DataQuality[], resize: Resize): HTMLElement {
  const domain = [0, 1.02 * Math.max(0.01, ...rows.map((row) => row.finding_rate_high ?? 0))] as const;
  const fields = [...groupBy(rows, (row) => row.field)];
  return element(
    "div",
    { class: "small-multiples" },
    fields.map(([field, group]) =>
      element(
        "div",
        {},
        element("h3", {}, heading(field, group)),
        group.some((row) => row.reported) ? resize((width) => chart(field, group, width, domain)) : absent(),
      ),
    ),
  );
}

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

const absent = (): HTMLElement =>
  element("p", { class: "hint" }, "The source does not report this field, which is no fault.");
