import type { Tested } from "./error-rows.js";
import type { IntervalRow } from "./interval-chart.js";
import { labeller } from "./labeller.js";
import { VERDICT_COLOR } from "./palette.js";

export interface GroupIntervals<T> {
  readonly name: (row: T) => string;
  /** The rate that each row alone is held against. */
  readonly usual?: (row: T) => number | null;
  readonly order?: (a: T, b: T) => number;
}

const byRate = (a: Tested, b: Tested): number => (b.rate ?? -1) - (a.rate ?? -1);

/** Rows that were tested as lines of the interval chart: the highest rate first, coloured where it differs beyond noise. */
export function groupIntervals<T extends Tested>(
  rows: readonly T[],
  { name, usual, order = byRate }: GroupIntervals<T>,
): IntervalRow[] {
  const label = labeller(rows.map(name), 24);
  return [...rows].sort(order).map((row) => ({
    label: label(name(row)),
    n: row.devices,
    rate: row.rate,
    rate_low: row.rate_low,
    rate_high: row.rate_high,
    usual: usual?.(row) ?? null,
    color: VERDICT_COLOR[row.verdict],
    remark: row.verdict === "no detectable difference" ? "no difference" : row.verdict,
  }));
}
