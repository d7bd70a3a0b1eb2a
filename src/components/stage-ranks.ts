import * as Plot from "@observablehq/plot";
import { type ChartSize, draw, longest } from "./chart.js";
import { element } from "./element.js";
import { stageName } from "./format.js";
import { groupBy } from "./group.js";
import { labeller } from "./labeller.js";
import type { Bottleneck } from "./rows.js";

/** Makes a chart that follows the width of its place, as Framework's `resize` does. */
type Resize = (draw: (width: number) => Element) => Element;

/** One small chart a stage, in the order of the stages. Where nothing failed there is nothing to rank. */
export function rankCharts(rows: readonly Bottleneck[], resize: Resize): HTMLElement {
  const failing = [...groupBy(rows, (row) => row.stage)].filter(([, group]) => group.some((row) => row.failures > 0));
  const stages = failing.sort(([, a], [, b]) => (a[0]?.stage_ordinal ?? 0) - (b[0]?.stage_ordinal ?? 0));
  return element(
    "div",
    { class: "small-multiples" },
    stages.map(([stage, group]) =>
      element(
        "div",
        {},
        element("h3", {}, stageName(stage)),
        resize((width) => stageRanks(group, { width })),
      ),
    ),
  );
}

/** The place of each region at one stage, and the places that it may hold as far as the intervals tell. */
export function stageRanks(rows: readonly Bottleneck[], { width }: ChartSize): SVGElement | HTMLElement {
  const label = labeller(
    rows.map((row) => row.region),
    18,
  );
  const y = (row: Bottleneck): string => `${row.tied ? "=" : ""}${row.rank} ${label(row.region)}`;
  const regions = [...rows].sort((a, b) => a.row_number - b.row_number).map(y);
  const color = (row: Bottleneck): string => (row.rank_low === row.rank_high ? "var(--worse)" : "var(--ink-3)");
  return draw(`Place of each region at ${stageName(rows[0]?.stage ?? "")}, with the places it may hold`, {
    width,
    height: regions.length * 24 + 34,
    marginLeft: longest(regions) + 14,
    marginTop: 28,
    marginRight: 8,
    marginBottom: 4,
    x: {
      domain: [1, Math.max(2, regions.length)],
      ticks: Math.min(10, regions.length),
      tickFormat: "d",
      tickSize: 0,
      axis: "top",
      label: null,
      grid: true,
      inset: 8,
    },
    y: { domain: regions, label: null, tickSize: 0, padding: 0.5, type: "point" },
    marks: [
      Plot.ruleY(rows, {
        y,
        x1: "rank_low",
        x2: "rank_high",
        stroke: color,
        strokeWidth: 5,
        strokeOpacity: 0.4,
        strokeLinecap: "round",
      }),
      Plot.dot(rows, { y, x: "rank", r: 5, fill: color, stroke: "var(--paper)", strokeWidth: 1.5 }),
    ],
  });
}
