import * as Plot from "@observablehq/plot";
import { type ChartSize, draw, longest, NARROW } from "./chart.js";
import { percent, place, points, pValue, range, short, stageName, whole } from "./format.js";
import { groupBy, sumOf } from "./group.js";
import { hatch } from "./hatch.js";
import { labeller } from "./labeller.js";
import { diverging } from "./palette.js";
import type { RegionStageFailure } from "./rows.js";

export interface HeatmapOptions extends ChartSize {
  /** Differences from the fleet in percentage points, or counts of failures. */
  readonly show: "difference" | "count";
}

const CELL_HEIGHT = 46;
/** Differences below this get no full colour, however small the largest of them is. */
const LEAST_LIMIT = 0.02;

/** A cell says something: enough devices, and beyond noise. The others are hatched. */
export const speaks = (row: RegionStageFailure): boolean => row.significant && row.enough;

/** Region by stage: how far the failure rate is from the fleet's. Stages run across; on a narrow page they run down. */
export function regionStageHeatmap(
  rows: readonly RegionStageFailure[],
  options: HeatmapOptions,
): SVGElement | HTMLElement {
  const label = labeller(rows.map((row) => row.region));
  const narrow = options.width < NARROW + 160;
  const stages = names(
    rows,
    (row) => stageName(row.stage),
    (row) => row.stage_ordinal,
  );
  const regions = byRate(rows).map((region) => label(region));
  const across = {
    domain: narrow ? regions : stages,
    label: null,
    axis: null,
    tickSize: 0,
  } as const;
  const down = { domain: narrow ? stages : regions, label: null, tickSize: 0 };
  const x = (row: RegionStageFailure): string => (narrow ? label(row.region) : stageName(row.stage));
  const y = (row: RegionStageFailure): string => (narrow ? stageName(row.stage) : label(row.region));
  return draw("Failure rate of each region at each stage against the fleet", {
    width: options.width,
    height: down.domain.length * CELL_HEIGHT + 44,
    marginTop: 44,
    marginLeft: longest(down.domain) + 10,
    marginRight: 0,
    marginBottom: 0,
    x: { ...across, type: "band", padding: 0.04 },
    y: { ...down, type: "band", padding: 0.06 },
    marks: [
      hatch("unclear"),
      Plot.axisX({ anchor: "top", tickSize: 0, label: null, lineWidth: narrow ? 5 : 9 }),
      ...cellMarks(rows, x, y, options.show),
    ],
  });
}

type Place = (row: RegionStageFailure) => string;

function cellMarks(
  rows: readonly RegionStageFailure[],
  x: Place,
  y: Place,
  show: HeatmapOptions["show"],
): Plot.Markish[] {
  const reached = rows.filter((row) => row.at_risk > 0);
  const limit = Math.max(LEAST_LIMIT, ...reached.filter(speaks).map((row) => Math.abs(row.difference ?? 0)));
  const fill = (row: RegionStageFailure): string => (speaks(row) ? diverging(row.difference, limit) : "var(--neutral)");
  const main = (row: RegionStageFailure): string => (show === "count" ? whole(row.failures) : points(row.difference));
  const size = (row: RegionStageFailure): string => `n ${whole(row.at_risk)}`;
  const text = { x, y, stroke: fill };
  const ink = (row: RegionStageFailure): string => (speaks(row) ? "var(--ink)" : "var(--ink-2)");
  return [
    Plot.cell(reached, { x, y, fill, rx: 3 }),
    Plot.cell(
      reached.filter((row) => !speaks(row)),
      { x, y, fill: "url(#unclear)", rx: 3 },
    ),
    Plot.text(reached, { ...text, text: main, dy: -7, fontSize: 13, fontWeight: 600, fill: ink, strokeWidth: 4 }),
    Plot.text(reached, { ...text, text: size, dy: 9, fontSize: 10.5, fill: "var(--ink-2)", strokeWidth: 3 }),
    Plot.tip(reached, Plot.pointer({ ariaHidden: "true", x, y, title: explain })),
  ];
}

function explain(row: RegionStageFailure): string {
  return [
    `${short(place(row.region))}, ${stageName(row.stage)}`,
    `${whole(row.failures)} of ${whole(row.at_risk)} devices failed here: ${percent(row.rate, 2)}`,
    `95% interval ${range(row.rate_low, row.rate_high, 2)}; fleet ${percent(row.fleet_rate, 2)}`,
    `${points(row.difference, 2)} points, p ${pValue(row.p_holm)} after Holm: ${speaks(row) ? "beyond noise" : "no detectable difference"}`,
  ].join("\n");
}

function names<T>(rows: readonly T[], name: (row: T) => string, order?: (row: T) => number): string[] {
  const sorted = order ? [...rows].sort((a, b) => order(a) - order(b)) : rows;
  return [...new Set(sorted.map(name))];
}

/** Regions in the order of their failure rate, the highest first, as the chart above has them. */
function byRate(rows: readonly RegionStageFailure[]): (string | null)[] {
  const regions = [...groupBy(rows, (row) => row.region)].map(([region, group]) => {
    const devices = Math.max(0, ...group.map((row) => row.at_risk));
    return { region, rate: devices === 0 ? 0 : sumOf(group, (row) => row.failures) / devices };
  });
  return regions.sort((a, b) => b.rate - a.rate).map(({ region }) => region);
}
