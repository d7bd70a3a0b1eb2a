import { element } from "./element.js";
import { percent, whole, words } from "./format.js";
import { groupBy } from "./group.js";
import { type IntervalRow, intervalChart } from "./interval-chart.js";
import { VERDICT_COLOR } from "./palette.js";
import type { Resize } from "./quality-charts.js";
import type { DetectionScore } from "./rows.js";

const LAYERS: Readonly<Record<string, string>> = {
  syntactic: "Given away by the value alone",
  contextual: "Seen against the rest of the report",
};

/** How many of each kind were found, one chart a layer, on one axis. What lies below the whole says why. */
export function detectionCharts(rows: readonly DetectionScore[], resize: Resize): HTMLElement {
  const kinds = rows.filter((row) => row.scope === "kind" && row.injected > 0);
  const domain = [Math.min(0.9, ...kinds.map((row) => row.recall_low ?? 1)), 1] as const;
  return element(
    "div",
    { class: "small-multiples" },
    [...groupBy(kinds, (row) => row.layer ?? "")].map(([layer, group]) => {
      const name = LAYERS[layer] ?? words(layer);
      const lines = group.map(lineOf);
      return element(
        "div",
        {},
        element("h3", {}, `${name}${shareOf(rows, layer)}`),
        resize((width) =>
          intervalChart(lines, { width, domain, name: `Share of faults found, by kind: ${name.toLowerCase()}` }),
        ),
      );
    }),
  );
}

function shareOf(rows: readonly DetectionScore[], layer: string): string {
  const whole = rows.find((row) => row.scope === "layer" && row.name === layer);
  return whole ? `: ${percent(whole.recall)}` : "";
}

function lineOf(row: DetectionScore): IntervalRow {
  const remarks = [
    ...(row.missed > 0 ? [`${whole(row.missed)} missed`] : []),
    ...(row.false_alarms > 0 ? [`${whole(row.false_alarms)} false`] : []),
  ];
  return {
    label: words(row.name),
    n: row.injected,
    rate: row.recall,
    rate_low: row.recall_low,
    rate_high: row.recall_high,
    color: remarks.length > 0 ? VERDICT_COLOR.worse : undefined,
    ...(remarks.length > 0 ? { remark: remarks.join(", ") } : {}),
  };
}
