import { type ChartSize, NARROW } from "./chart.js";
import { type DifferenceCell, differenceHeatmap, type HeatmapOptions } from "./difference-heatmap.js";
import { stageName } from "./format.js";
import { groupBy, sumOf } from "./group.js";
import { labeller } from "./labeller.js";
import type { RegionStageFailure } from "./rows.js";

export interface RegionStageOptions extends ChartSize, Pick<HeatmapOptions, "show"> {}

/** A cell of the chart, and the region that it is of. */
export interface RegionCell extends DifferenceCell {
  readonly region: string | null;
}

/** Region by stage: how far the failure rate is from the fleet's. Stages run across; on a narrow page they run down. */
export function regionStageHeatmap(
  rows: readonly RegionStageFailure[],
  { width, show }: RegionStageOptions,
): SVGElement | HTMLElement {
  const label = labeller(rows.map((row) => row.region));
  const narrow = width < NARROW + 160;
  const stages = [...new Set([...rows].sort((a, b) => a.stage_ordinal - b.stage_ordinal).map((row) => row.stage))].map(
    stageName,
  );
  const regions = byRate(rows).map((region) => label(region));
  const cells = rows.map((row): RegionCell => {
    const [region, stage] = [label(row.region), stageName(row.stage)];
    return {
      ...{ region: row.region, across: narrow ? region : stage, down: narrow ? stage : region },
      ...{ n: row.at_risk, failures: row.failures, rate: row.rate, rate_low: row.rate_low, rate_high: row.rate_high },
      ...{ difference: row.difference, p_holm: row.p_holm, usual: ["fleet", row.fleet_rate] },
      speaks: row.significant && row.enough,
    };
  });
  return differenceHeatmap(cells, {
    ...{ width, show, name: "Failure rate of each region at each stage against the fleet", pattern: "unclear" },
    ...{ across: narrow ? regions : stages, down: narrow ? stages : regions, lineWidth: narrow ? 5 : 9 },
  });
}

/** Regions in the order of their failure rate, the highest first, as the chart above has them. */
function byRate(rows: readonly RegionStageFailure[]): (string | null)[] {
  const regions = [...groupBy(rows, (row) => row.region)].map(([region, group]) => {
    const devices = Math.max(0, ...group.map((row) => row.at_risk));
    return { region, rate: devices === 0 ? 0 : sumOf(group, (row) => row.failures) / devices };
  });
  return regions.sort((a, b) => b.rate - a.rate).map(({ region }) => region);
}
