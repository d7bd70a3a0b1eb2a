import * as Plot from "@observablehq/plot";
import { type ChartSize, draw } from "./chart.js";
import { duration, whole } from "./format.js";
import type { Batch } from "./rows.js";
import { TIME_AXIS_HEIGHT, timeAxis } from "./time-axis.js";

interface Step {
  readonly seconds: number;
  readonly devices: number;
}

/** Devices decided since recovery began. A step is a batch that committed: nothing counts before. */
export function recoveredOverTime(batches: readonly Batch[], { width }: ChartSize): SVGElement | HTMLElement {
  const commits = batches.map((batch) => ({ seconds: batch.finished_ms / 1000, devices: batch.cumulative_rows }));
  const steps = [{ seconds: 0, devices: 0 }, ...commits];
  return draw("Devices decided over time", {
    width,
    height: 260,
    marginLeft: 52,
    marginTop: 28,
    marginRight: 16,
    marginBottom: TIME_AXIS_HEIGHT,
    x: { ...timeAxis(width), grid: false },
    y: { label: null, grid: true, ticks: 5, tickSize: 0, tickFormat: (n: number) => whole(n) },
    marks: [...curveMarks(steps), ...endMarks(steps.slice(-1)), Plot.ruleY([0], { stroke: "var(--line-strong)" })],
  });
}

function curveMarks(steps: readonly Step[]): Plot.Markish[] {
  const curve = { x: "seconds", y: "devices", curve: "step-after" } as const;
  const title = ({ seconds, devices }: Step): string => `${whole(devices)} devices\nafter ${duration(1000 * seconds)}`;
  return [
    Plot.areaY(steps, { ...curve, fill: "var(--recovered)", fillOpacity: 0.14 }),
    Plot.lineY(steps, { ...curve, stroke: "var(--recovered)", strokeWidth: 2 }),
    Plot.tip(steps, Plot.pointerX({ ariaHidden: "true", x: "seconds", y: "devices", title })),
  ];
}

function endMarks(end: readonly Step[]): Plot.Markish[] {
  return [
    Plot.dot(end, { x: "seconds", y: "devices", fill: "var(--recovered)", r: 4 }),
    Plot.text(end, {
      x: "seconds",
      y: "devices",
      text: ({ seconds, devices }: Step) => `${whole(devices)} in ${duration(1000 * seconds)}`,
      textAnchor: "end",
      dx: -8,
      dy: -12,
      fontWeight: 600,
      fill: "var(--ink)",
      stroke: "var(--paper)",
    }),
  ];
}
