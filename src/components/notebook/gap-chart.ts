import * as Plot from "@observablehq/plot";
import { type ChartSize, draw, longest, NARROW } from "../chart.js";
import { points, whole } from "../format.js";
import { sideLabels } from "../side-labels.js";
import type { GapRow } from "./columns.js";
import { type Gap, isClear } from "./gap.js";

/** +14.4 (+11.9 to +16.9). */
export const gapText = ({ gap, low, high }: Gap): string => `${points(gap)} (${points(low)} to ${points(high)})`;

const BAND = { wide: 40, narrow: 52 };

/** Differences of two rates as dots on their 95% intervals, against the line where there is none. */
export function gapChart(
  rows: readonly GapRow[],
  { width, name }: ChartSize & { name: string },
): SVGElement | HTMLElement {
  const narrow = width < NARROW;
  const labels = rows.map(({ label }) => label);
  const note = (row: GapRow): string => `${points(row.gap)} · n ${whole(row.n)}`;
  const color = (row: GapRow): string =>
    isClear(row) ? (row.gap > 0 ? "var(--worse)" : "var(--better)") : "var(--ink-3)";
  return draw(name, {
    width,
    height: rows.length * (narrow ? BAND.narrow : BAND.wide) + 60,
    marginTop: 24,
    marginBottom: 40,
    marginLeft: narrow ? 6 : longest(labels, 13) + 16,
    marginRight: narrow ? 6 : longest(rows.map(note)) + 12,
    x: {
      ...{ percent: true, grid: true, tickSize: 0, inset: 6, ticks: narrow ? 4 : 7 },
      ...{ label: "percentage points", labelAnchor: "center", labelArrow: "none" },
    },
    y: { axis: null, domain: labels },
    marks: [
      Plot.ruleX([0], { stroke: "var(--ink-2)", strokeDasharray: "3 3" }),
      Plot.ruleY(rows, {
        y: "label",
        x1: "low",
        x2: "high",
        stroke: color,
        strokeWidth: 5,
        strokeOpacity: 0.45,
        strokeLinecap: "round",
      }),
      Plot.dot(rows, { y: "label", x: "gap", r: 5.5, fill: color, stroke: "var(--paper)", strokeWidth: 1.5 }),
      ...sideLabels(rows, { y: (row) => row.label, note, above: narrow ? 16 : undefined }),
    ],
  });
}
