import type { Pair } from "./campaign-pair.js";
import type { CampaignRate } from "./campaign-rows.js";
import { place } from "./format.js";
import type { IntervalRow } from "./interval-chart.js";
import { labeller } from "./labeller.js";
import { VERDICT_COLOR } from "./palette.js";
import type { Bottleneck, DataQuality, ModelFailure, RegionFailure } from "./rows.js";

/** Rows of the marts as lines of the interval chart, the highest rate first. */

const regionLabels = (rows: readonly { region: string | null }[]): ((name: string | null) => string) =>
  labeller(rows.map((row) => row.region));

const byRate = (a: IntervalRow, b: IntervalRow): number => (b.rate ?? -1) - (a.rate ?? -1);

export const regionIntervals = (rows: readonly RegionFailure[]): IntervalRow[] => {
  const label = regionLabels(rows);
  return rows
    .map((row) => ({
      ...row,
      label: label(row.region),
      n: row.devices,
      color: VERDICT_COLOR[row.verdict],
      remark: row.verdict === "no detectable difference" ? "no difference" : row.verdict,
    }))
    .sort(byRate);
};

/** In the order of RANK; a region that shares the first place with no other is marked. */
export const rankIntervals = (rows: readonly Bottleneck[]): IntervalRow[] => {
  const label = regionLabels(rows);
  const alone = rows.filter((row) => row.rank_low === 1).length === 1;
  return rows
    .map((row) => ({
      ...row,
      label: label(row.region),
      n: row.at_risk,
      color: alone && row.rank_low === 1 ? VERDICT_COLOR.worse : undefined,
      remark: `${row.tied ? "tied " : ""}rank ${row.rank}${row.rank_low === row.rank_high ? "" : ` (${row.rank_low} to ${row.rank_high})`}`,
    }))
    .sort(byRate);
};

export const modelIntervals = (rows: readonly ModelFailure[], most: number): IntervalRow[] => {
  const name = (row: ModelFailure): string => `${place(row.model)}, ${place(row.firmware_from)}`;
  const label = labeller(rows.map(name), 30);
  return rows
    .map((row) => ({ ...row, label: label(name(row)), n: row.devices }))
    .sort(byRate)
    .slice(0, most);
};

export const qualityIntervals = (rows: readonly DataQuality[]): IntervalRow[] => {
  const label = regionLabels(rows);
  return rows.map((row) => ({
    label: label(row.region),
    n: row.devices,
    rate: row.finding_rate,
    rate_low: row.finding_rate_low,
    rate_high: row.finding_rate_high,
  }));
};

/** In the order of the mart, the newest first; the two that are compared say so. */
export const campaignIntervals = (rows: readonly CampaignRate[], { a, b }: Pair): IntervalRow[] => {
  const label = labeller(
    rows.map((row) => row.campaign),
    32,
  );
  return rows.map((row) => {
    const remark = row.campaign === a ? "A" : row.campaign === b ? "B" : undefined;
    return {
      ...{
        label: label(row.campaign),
        n: row.devices,
        rate: row.rate,
        rate_low: row.rate_low,
        rate_high: row.rate_high,
      },
      ...(remark === undefined ? {} : { remark, color: "var(--accent)" }),
    };
  });
};
