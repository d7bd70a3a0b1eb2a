import * as Plot from "@observablehq/plot";
import { type ChartSize, draw, longest } from "./chart.js";
import { percent, points, pValue, range, whole } from "./format.js";
import { hatch } from "./hatch.js";
import { diverging } from "./palette.js";
import type { Interval } from "./rows.js";

/** A rate in two dimensions, and how far it is from the one that it is held against. */
export interface DifferenceCell extends Interval {
  /** Labels of its column and its row. */
  readonly across: string;
  readonly down: string;
  readonly n: number;
  readonly failures: number;
  readonly difference: number | null;
  readonly p_holm: number | null;
  /** What it is held against, in words and as a rate. */
  readonly usual: readonly [name: string, rate: number | null];
  /** It says something: enough devices, and beyond noise. The others are hatched. */
  readonly speaks: boolean;
}

export interface HeatmapOptions extends ChartSize {
  readonly name: string;
  /** Name of its hatching, another one on each chart of a page. */
  readonly pattern: string;
  /** Differences in percentage points, or counts of failures. */
  readonly show: "difference" | "count";
  readonly across: readonly string[];
  readonly down: readonly string[];
  /** Characters of a column's label that stand in one line. */
  readonly lineWidth: number;
}

const CELL_HEIGHT = 46;
const HEAD = 44;
/** Pixels from the middle of a cell at which the pointer still finds it: wide cells reach far. */
const REACH = 90;
/** Differences below this get no full colour, however small the largest of them is. */
const LEAST_LIMIT = 0.02;

/** The difference that gets the full colour. */
export const limitOf = (cells: readonly Pick<DifferenceCell, "speaks" | "difference">[]): number =>
  Math.max(LEAST_LIMIT, ...cells.filter(({ speaks }) => speaks).map(({ difference }) => Math.abs(difference ?? 0)));

/** How far each rate is from the usual one: diverging colours where that is beyond noise, hatched elsewhere. */
export function differenceHeatmap(
  cells: readonly DifferenceCell[],
  { width, name, pattern, show, across, down, lineWidth }: HeatmapOptions,
): SVGElement | HTMLElement {
  return draw(name, {
    width,
    height: down.length * CELL_HEIGHT + HEAD,
    marginTop: HEAD,
    marginLeft: longest(down) + 10,
    marginRight: 0,
    marginBottom: 0,
    x: { domain: across, label: null, axis: null, tickSize: 0, type: "band", padding: 0.04 },
    y: { domain: down, label: null, tickSize: 0, type: "band", padding: 0.06 },
    marks: [
      hatch(pattern),
      Plot.axisX({ anchor: "top", tickSize: 0, label: null, lineWidth }),
      ...cellMarks(cells, pattern, show),
    ],
  });
}

function cellMarks(cells: readonly DifferenceCell[], pattern: string, show: HeatmapOptions["show"]): Plot.Markish[] {
  const reached = cells.filter(({ n }) => n > 0);
  const limit = limitOf(reached);
  const fill = (cell: DifferenceCell): string => (cell.speaks ? diverging(cell.difference, limit) : "var(--neutral)");
  const main = (cell: DifferenceCell): string => (show === "count" ? whole(cell.failures) : points(cell.difference));
  const spot = { x: "across", y: "down" };
  const text = { ...spot, stroke: fill };
  const ink = (cell: DifferenceCell): string => (cell.speaks ? "var(--ink)" : "var(--ink-2)");
  return [
    Plot.cell(reached, { ...spot, fill, rx: 3 }),
    Plot.cell(
      reached.filter(({ speaks }) => !speaks),
      { ...spot, fill: `url(#${pattern})`, rx: 3 },
    ),
    Plot.text(reached, { ...text, text: main, dy: -7, fontSize: 13, fontWeight: 600, fill: ink, strokeWidth: 4 }),
    Plot.text(reached, {
      ...{ ...text, text: (cell: DifferenceCell) => `n ${whole(cell.n)}`, dy: 9 },
      ...{ fontSize: 10.5, fill: "var(--ink-2)", strokeWidth: 3 },
    }),
    Plot.tip(reached, Plot.pointer({ ...spot, ariaHidden: "true", title: explain, maxRadius: REACH })),
  ];
}

function explain(cell: DifferenceCell): string {
  const [usual, usualRate] = cell.usual;
  return [
    `${cell.down}, ${cell.across}`,
    `${whole(cell.failures)} of ${whole(cell.n)} devices failed here: ${percent(cell.rate, 2)}`,
    `95% interval ${range(cell.rate_low, cell.rate_high, 2)}; ${usual} ${percent(usualRate, 2)}`,
    `${points(cell.difference, 2)} points, p ${pValue(cell.p_holm)} after Holm: ${cell.speaks ? "beyond noise" : "no detectable difference"}`,
  ].join("\n");
}
