import { longest } from "./chart.js";
import { type DifferenceCell, differenceHeatmap, type HeatmapOptions } from "./difference-heatmap.js";
import { element } from "./element.js";
import type { ErrorGroupFailure } from "./error-rows.js";
import { errorName, groupName } from "./error-words.js";
import { labeller } from "./labeller.js";

/** Pixels that a column needs for its numbers. */
const COLUMN = 46;

/** Error by model or version: how far the rate of each error is from that of all others. As many columns as there is room for, the largest first. */
export function errorGroupHeatmap(
  rows: readonly ErrorGroupFailure[],
  { width, name, show }: Pick<HeatmapOptions, "width" | "name" | "show">,
): HTMLElement {
  const errors = labeller([...new Set(rows.map((row) => errorName(row.error_code)))]);
  const groups = labeller([...new Set(rows.map((row) => groupName(row.name)))], 18);
  const cells = rows.map(
    (row): DifferenceCell => ({
      ...{ across: groups(groupName(row.name)), down: errors(errorName(row.error_code)), n: row.devices },
      ...{ failures: row.failures, rate: row.rate, rate_low: row.rate_low, rate_high: row.rate_high },
      ...{ difference: row.difference, p_holm: row.p_holm, usual: ["all others", row.rest_rate] },
      speaks: row.verdict !== "no detectable difference" && row.enough,
    }),
  );
  const down = [...new Set(cells.map((cell) => cell.down))];
  const room = Math.max(1, Math.floor((width - longest(down) - 10) / COLUMN));
  const largest = [...new Map(cells.map((cell) => [cell.across, cell.n]))].sort(([, a], [, b]) => b - a);
  const across = largest.slice(0, room).map(([label]) => label);
  const chart = differenceHeatmap(
    cells.filter((cell) => across.includes(cell.across)),
    {
      ...{ width, name, show, pattern: "unclear-errors", across, down },
      lineWidth: Math.max(4, Math.floor((width - longest(down)) / across.length / 13)),
    },
  );
  const left = largest.length - across.length;
  const note = `${left} more with fewer devices ${left === 1 ? "has" : "have"} no room here; the table has them all.`;
  return element("div", {}, chart, left > 0 ? element("p", { class: "hint" }, note) : null);
}
