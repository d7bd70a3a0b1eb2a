import * as Plot from "@observablehq/plot";
import { type ChartSize, draw, longest, NARROW } from "./chart.js";
import { percent, range, whole } from "./format.js";
import type { Interval } from "./rows.js";
import { sideLabels } from "./side-labels.js";

/** One line of the chart: a rate with its interval and how many it is a rate of. */
export interface IntervalRow extends Interval {
  readonly label: string;
  readonly n: number;
  /** A rate to hold this row alone against, drawn as a stroke. */
  readonly usual?: number | null;
  /** Colour of the mark; grey without one. */
  readonly color?: string | undefined;
  /** What stands behind the numbers, for example a verdict. */
  readonly remark?: string;
}

export interface IntervalOptions extends ChartSize {
  readonly name: string;
  /** A rate to compare with, drawn as a line. */
  readonly reference?: { readonly rate: number; readonly label: string } | undefined;
  /** Ends of the axis, where several charts have to share one. */
  readonly domain?: readonly [number, number];
}

const BAND = { wide: 34, narrow: 46 };

/** Rates as dots on their 95% intervals, in the order given. Overlap and distance can be read; nothing starts at a false zero. */
export function intervalChart(rows: readonly IntervalRow[], options: IntervalOptions): SVGElement | HTMLElement {
  const { width, reference } = options;
  const narrow = width < NARROW;
  return draw(options.name, {
    width,
    height: rows.length * (narrow ? BAND.narrow : BAND.wide) + 62,
    marginTop: 26,
    marginLeft: narrow
      ? 6
      : longest(
          rows.map((row) => row.label),
          13,
        ) + 16,
    marginRight: narrow ? 6 : longest(rows.map(note)) + 12,
    x: {
      percent: true,
      grid: true,
      label: null,
      tickSize: 0,
      inset: 6,
      tickFormat: (x: number) => `${x}%`,
      ticks: narrow ? 4 : 7,
      ...domain(options),
    },
    y: { axis: null, domain: rows.map((row) => row.label) },
    marks: [
      ...referenceMarks(reference),
      ...intervalMarks(rows),
      ...sideLabels(rows, { y: (row) => row.label, note, above: narrow ? 15 : undefined }),
    ],
  });
}

export const note = (row: IntervalRow): string =>
  [row.rate === null ? "no devices" : percent(row.rate), `n ${whole(row.n)}`, ...(row.remark ? [row.remark] : [])].join(
    " · ",
  );

function domain({ domain: ends }: IntervalOptions): { domain?: number[] } {
  return ends ? { domain: ends.map((end) => 100 * end) } : {};
}

/** A short upright line. */
const STROKE = {
  draw: (context: CanvasPath): void => {
    context.moveTo(0, -9);
    context.lineTo(0, 9);
  },
};

function intervalMarks(rows: readonly IntervalRow[]): Plot.Markish[] {
  const drawn = rows.filter((row) => row.rate !== null);
  const stroke = (row: IntervalRow): string => row.color ?? "var(--ink-3)";
  const title = (row: IntervalRow): string =>
    `${row.label}\n${percent(row.rate)} of ${whole(row.n)} devices\n95% interval ${range(row.rate_low, row.rate_high)}`;
  return [
    Plot.ruleY(drawn, {
      y: "label",
      x1: "rate_low",
      x2: "rate_high",
      stroke,
      strokeWidth: 5,
      strokeOpacity: 0.45,
      strokeLinecap: "round",
    }),
    Plot.dot(
      drawn.filter(({ usual }) => typeof usual === "number"),
      { y: "label", x: "usual", symbol: STROKE, stroke: "var(--ink)", strokeWidth: 2 },
    ),
    Plot.dot(drawn, { y: "label", x: "rate", r: 5.5, fill: stroke, stroke: "var(--paper)", strokeWidth: 1.5 }),
    Plot.tip(drawn, Plot.pointerY({ ariaHidden: "true", y: "label", x: "rate", title })),
  ];
}

function referenceMarks(reference: IntervalOptions["reference"]): Plot.Markish[] {
  if (!reference) return [];
  return [
    Plot.ruleX([reference.rate], { stroke: "var(--ink-2)", strokeDasharray: "3 3" }),
    Plot.text([reference.rate], {
      x: (rate: number) => rate,
      frameAnchor: "top",
      dy: -18,
      text: () => `${reference.label} ${percent(reference.rate)}`,
      fill: "var(--ink-2)",
      stroke: "var(--paper)",
    }),
  ];
}
