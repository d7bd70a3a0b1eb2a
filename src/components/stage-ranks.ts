import * as Plot from "@observablehq/plot";
import { type ChartSize, draw, longest } from "./chart.js";
import { place, short, stageName } from "./format.js";
import type { Bottleneck } from "./rows.js";

/** Two places at the least, or the line between them could not be seen. */
const BAND = 22;

/** For each stage the place of each region, and the places that it may hold as far as the intervals tell. */
export function stageRanks(rows: readonly Bottleneck[], { width }: ChartSize): SVGElement | HTMLElement {
  const regions = [...new Set(rows.map((row) => short(place(row.region), 22)))].sort();
  const stages = [
    ...new Set([...rows].sort((a, b) => a.stage_ordinal - b.stage_ordinal).map((row) => stageName(row.stage))),
  ];
  const y = (row: Bottleneck): string => short(place(row.region), 22);
  const fy = (row: Bottleneck): string => stageName(row.stage);
  const certain = (row: Bottleneck): string => (row.rank_low === row.rank_high ? "var(--worse)" : "var(--ink-3)");
  return draw("Place of each region at each stage, with the places it may hold", {
    width,
    height: stages.length * (regions.length * BAND + 34) + 30,
    marginLeft: longest(regions) + 14,
    marginTop: 44,
    marginRight: 16,
    x: {
      domain: [1, Math.max(2, regions.length)],
      ticks: regions.length,
      tickFormat: "d",
      axis: "top",
      label: null,
      grid: true,
      inset: 8,
    },
    y: { domain: regions, label: null, tickSize: 0, padding: 0.4, type: "point" },
    fy: { domain: stages, label: null, axis: null, padding: 0.28 },
    marks: [
      Plot.text(stages, {
        fy: (stage: string) => stage,
        text: (stage: string) => stage,
        frameAnchor: "top-left",
        dx: -longest(regions) - 4,
        dy: -16,
        fontWeight: 700,
        fontSize: 13,
        fill: "var(--ink)",
      }),
      Plot.ruleY(rows, {
        fy,
        y,
        x1: "rank_low",
        x2: "rank_high",
        stroke: certain,
        strokeWidth: 5,
        strokeOpacity: 0.4,
        strokeLinecap: "round",
      }),
      Plot.dot(rows, { fy, y, x: "rank", r: 5, fill: certain, stroke: "var(--paper)", strokeWidth: 1.5 }),
    ],
  });
}
