import { regionName } from "./answers/region.js";
import type { ErrorGroupFailure, RegionGroupFailure } from "./error-rows.js";
import { errorName, groupName } from "./error-words.js";
import { stageName } from "./format.js";
import { groupIntervals } from "./group-intervals.js";
import type { IntervalRow } from "./interval-chart.js";
import { VERDICT_COLOR } from "./palette.js";
import type { RegionFailure, RegionStageFailure } from "./rows.js";

/** One region as lines of the interval chart, each with the rate that it is held against. */

export const againstRest = (row: RegionFailure): IntervalRow[] => [
  {
    ...{
      label: regionName(row.region),
      n: row.devices,
      rate: row.rate,
      rate_low: row.rate_low,
      rate_high: row.rate_high,
    },
    color: VERDICT_COLOR[row.verdict],
  },
  ...(row.rest_rate === null
    ? []
    : [
        {
          ...{ label: "all others", n: row.rest_devices, rate: row.rest_rate },
          ...{ rate_low: row.rest_low, rate_high: row.rest_high },
        },
      ]),
];

export const stagesOf = (rows: readonly RegionStageFailure[]): IntervalRow[] =>
  rows
    .filter((row) => row.at_risk > 0)
    .sort((a, b) => a.stage_ordinal - b.stage_ordinal)
    .map((row) => {
      const verdict = !row.significant ? "no difference" : (row.difference ?? 0) > 0 ? "worse" : "better";
      return {
        ...{ label: stageName(row.stage), n: row.at_risk, rate: row.rate, rate_low: row.rate_low },
        ...{ rate_high: row.rate_high, usual: row.fleet_rate, color: VERDICT_COLOR[verdict], remark: verdict },
      };
    });

export const errorsOf = (rows: readonly ErrorGroupFailure[]): IntervalRow[] =>
  groupIntervals(rows, { name: (row) => errorName(row.error_code), usual: (row) => row.rest_rate });

export const groupsOf = (rows: readonly RegionGroupFailure[]): IntervalRow[] =>
  groupIntervals(rows, { name: (row) => groupName(row.name), usual: (row) => row.elsewhere_rate });
