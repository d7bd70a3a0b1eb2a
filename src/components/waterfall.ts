import * as Plot from "@observablehq/plot";
import { type ChartSize, draw, longest, NARROW } from "./chart.js";
import { sideLabels } from "./side-labels.js";

/** A part of a sum, above or below zero. */
export interface Step {
  readonly label: string;
  readonly amount: number;
}

export interface WaterfallOptions extends ChartSize {
  readonly name: string;
  /** How the bar of the sum is called. */
  readonly total: string;
  readonly show: (amount: number) => string;
}

interface Bar extends Step {
  readonly from: number;
  readonly to: number;
  readonly color: string;
}

/** Each part begins where the one before ended; the last bar, from zero, is what they come to. */
export function waterfall(steps: readonly Step[], options: WaterfallOptions): SVGElement | HTMLElement {
  const { width, name, total, show } = options;
  const narrow = width < NARROW;
  const bars = barsOf(steps, total);
  const note = (bar: Bar): string => show(bar.amount);
  const joints = bars.slice(0, -1).map((bar, no) => ({ at: bar.to, from: bar.label, to: bars[no + 1]?.label }));
  return draw(name, {
    width,
    height: bars.length * (narrow ? 46 : 34) + 8,
    marginLeft: narrow
      ? 0
      : longest(
          bars.map(({ label }) => label),
          13,
        ) + 14,
    marginRight: narrow ? 0 : longest(bars.map(note)) + 10,
    marginTop: narrow ? 12 : 4,
    marginBottom: 4,
    x: { axis: null },
    y: { axis: null, domain: bars.map(({ label }) => label), padding: narrow ? 0.62 : 0.3 },
    marks: [
      Plot.barX(bars, { y: "label", x1: "from", x2: "to", fill: "color", rx: 1 }),
      Plot.link(joints, { y1: "from", y2: "to", x1: "at", x2: "at", stroke: "var(--line-strong)" }),
      Plot.ruleX([0], { stroke: "var(--ink-3)" }),
      ...sideLabels(bars, { y: (bar) => bar.label, note, above: narrow ? 18 : undefined }),
    ],
  });
}

function barsOf(steps: readonly Step[], total: string): Bar[] {
  let at = 0;
  const bars = steps.map(({ label, amount }): Bar => {
    const from = at;
    at += amount;
    return { label, amount, from, to: at, color: amount < 0 ? "var(--worse)" : "var(--better)" };
  });
  return [...bars, { label: total, amount: at, from: 0, to: at, color: "var(--ink-2)" }];
}
