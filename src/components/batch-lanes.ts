import * as Plot from "@observablehq/plot";
import { batchName } from "./batch-name.js";
import { type ChartSize, draw, longest } from "./chart.js";
import { count, duration } from "./format.js";
import type { Batch } from "./rows.js";
import { TIME_AXIS_HEIGHT, timeAxis } from "./time-axis.js";

/** When each worker was at which batch. A gap is a worker that waited. */
export function batchLanes(batches: readonly Batch[], { width }: ChartSize): SVGElement | HTMLElement {
  const lane = (batch: Batch): string => `Worker ${batch.worker}`;
  const lanes = [...new Set([...batches].sort((a, b) => a.worker - b.worker).map(lane))];
  return draw("Batches of each worker over time", {
    width,
    height: lanes.length * 34 + 46,
    marginLeft: longest(lanes) + 12,
    marginTop: 4,
    marginRight: 16,
    marginBottom: TIME_AXIS_HEIGHT,
    x: timeAxis(width),
    y: { domain: lanes, label: null, tickSize: 0, padding: 0.3 },
    marks: [
      Plot.barX(batches, {
        y: lane,
        x1: (batch) => batch.started_ms / 1000,
        x2: (batch) => batch.finished_ms / 1000,
        fill: "var(--recovered)",
        fillOpacity: (batch) => (batch.batch_no % 2 === 0 ? 0.9 : 0.65),
        insetRight: 1,
        rx: 2,
      }),
      Plot.tip(
        batches,
        Plot.pointer({
          ariaHidden: "true",
          y: lane,
          x: (batch) => (batch.started_ms + batch.finished_ms) / 2000,
          title: (batch) =>
            `Batch ${batchName(batch)}, worker ${batch.worker}\n${count(batch.rows, "device")} in ${duration(batch.duration_ms)}`,
        }),
      ),
    ],
  });
}
