import * as Plot from "@observablehq/plot";
import { type ChartSize, draw } from "./chart.js";
import { duration, whole } from "./format.js";
import type { Batch } from "./rows.js";

/** Devices decided since recovery began. A step is a batch that committed: nothing counts before. */
export function recoveredOverTime(batches: readonly Batch[], { width }: ChartSize): SVGElement | HTMLElement {
  const first = batches[0];
  const last = batches.at(-1);
  const start = first ? [{ ...first, finished_ms: 0, cumulative_rows: 0 }] : [];
  const steps = [...start, ...batches].map((batch) => ({
    seconds: batch.finished_ms / 1000,
    devices: batch.cumulative_rows,
  }));
  const end = steps.slice(-1);
  return draw("Devices decided over time", {
    width,
    height: 260,
    marginLeft: 52,
    marginTop: 28,
    marginRight: 16,
    marginBottom: 42,
    x: {
      label: "seconds since the first batch began",
      labelArrow: "none",
      labelAnchor: "center",
      labelOffset: 36,
      ticks: width < 500 ? 4 : 8,
      tickSize: 0,
    },
    y: { label: null, grid: true, ticks: 5, tickSize: 0, tickFormat: (n: number) => whole(n) },
    marks: [
      Plot.areaY(steps, {
        x: "seconds",
        y: "devices",
        curve: "step-after",
        fill: "var(--recovered)",
        fillOpacity: 0.14,
      }),
      Plot.lineY(steps, {
        x: "seconds",
        y: "devices",
        curve: "step-after",
        stroke: "var(--recovered)",
        strokeWidth: 2,
      }),
      Plot.dot(end, { x: "seconds", y: "devices", fill: "var(--recovered)", r: 4 }),
      Plot.text(end, {
        x: "seconds",
        y: "devices",
        text: () => `${whole(last?.cumulative_rows)} in ${duration(last?.finished_ms)}`,
        textAnchor: "end",
        dx: -8,
        dy: -12,
        fontWeight: 600,
        fill: "var(--ink)",
        stroke: "var(--paper)",
      }),
      Plot.tip(
        steps,
        Plot.pointerX({
          ariaHidden: "true",
          x: "seconds",
          y: "devices",
          title: (step) => `${whole(step.devices)} devices\nafter ${duration(1000 * step.seconds)}`,
        }),
      ),
      Plot.ruleY([0], { stroke: "var(--line-strong)" }),
    ],
  });
}
