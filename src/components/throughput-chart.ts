import * as Plot from "@observablehq/plot";
import { type ChartSize, draw, longest } from "./chart.js";
import { whole } from "./format.js";
import type { Throughput } from "./rows.js";

/** Devices a second that each worker decided while it was busy. */
export function throughputChart(workers: readonly Throughput[], { width }: ChartSize): SVGElement | HTMLElement {
  const name = (row: Throughput): string => `Worker ${row.worker}`;
  const note = (row: Throughput): string => `${whole(row.rows_per_second)}/s · ${whole(row.rows)} devices`;
  return draw("Devices a second of each worker", {
    width,
    height: workers.length * 34 + 8,
    marginLeft: longest(workers.map(name)) + 12,
    marginRight: longest(workers.map(note)) + 10,
    marginTop: 4,
    marginBottom: 4,
    x: { axis: null },
    y: { domain: workers.map(name), label: null, tickSize: 0, padding: 0.3 },
    marks: [
      Plot.barX(workers, { y: name, x: "rows_per_second", fill: "var(--recovered)", rx: 2 }),
      Plot.text(workers, {
        y: name,
        frameAnchor: "right",
        textAnchor: "start",
        dx: 10,
        text: note,
        fill: "var(--ink-2)",
      }),
    ],
  });
}
