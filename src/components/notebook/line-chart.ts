import * as Plot from "@observablehq/plot";
import { type ChartSize, draw, NARROW } from "../chart.js";
import { whole } from "../format.js";
import type { BatteryCase } from "./battery-case.js";

/** How many devices would be rolled back, by where the line is drawn; the campaign's own is marked. */
export function lineChart(found: BatteryCase, { width }: ChartSize): SVGElement | HTMLElement {
  const here = [{ line: found.line, rollbacks: found.rolled }];
  return draw("Rollbacks by the battery line", {
    width,
    height: 300,
    marginLeft: 56,
    marginBottom: 40,
    marginRight: 24,
    x: { label: "Line, volts", labelAnchor: "center", labelArrow: "none", ticks: width < NARROW ? 5 : 9, tickSize: 0 },
    y: { label: "Devices rolled back", grid: true, zero: true, tickSize: 0, tickFormat: whole, ticks: 5 },
    marks: [
      Plot.lineY(found.lines, {
        x: "line",
        y: "rollbacks",
        curve: "step-after",
        stroke: "var(--ink-2)",
        strokeWidth: 2,
      }),
      Plot.ruleX(here, { x: "line", stroke: "var(--ink-2)", strokeDasharray: "3 3" }),
      Plot.dot(here, { x: "line", y: "rollbacks", r: 6, fill: "var(--recovered)", stroke: "var(--paper)" }),
      Plot.text(here, {
        x: "line",
        y: "rollbacks",
        text: (row: { line: number; rollbacks: number }) => `${row.line.toFixed(1)} V: ${whole(row.rollbacks)}`,
        dx: -10,
        dy: -12,
        textAnchor: "end",
        fill: "var(--ink)",
        stroke: "var(--paper)",
        fontWeight: 600,
      }),
    ],
  });
}
