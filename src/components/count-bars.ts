import * as Plot from "@observablehq/plot";
import { type ChartSize, draw, longest, NARROW } from "./chart.js";
import { percent, whole } from "./format.js";
import { sideLabels } from "./side-labels.js";

export interface CountRow {
  readonly label: string;
  readonly count: number;
}

/** Counts as bars from zero, with each one's share of them all. */
export function countBars(
  rows: readonly CountRow[],
  { width, name }: ChartSize & { readonly name: string },
): SVGElement | HTMLElement {
  const narrow = width < NARROW;
  const total = rows.reduce((sum, row) => sum + row.count, 0);
  const note = (row: CountRow): string => `${whole(row.count)} · ${percent(row.count / total)}`;
  return draw(name, {
    width,
    height: rows.length * (narrow ? 42 : 30) + 6,
    marginLeft: narrow
      ? 0
      : longest(
          rows.map((row) => row.label),
          13,
        ) + 14,
    marginRight: narrow ? 0 : longest(rows.map(note)) + 8,
    marginTop: 6,
    marginBottom: 0,
    x: { axis: null },
    y: { axis: null, domain: rows.map((row) => row.label), padding: narrow ? 0.62 : 0.3 },
    marks: [
      Plot.barX(rows, { y: "label", x: "count", fill: "var(--recovered)", rx: 2 }),
      ...sideLabels(rows, { y: (row) => row.label, note, above: narrow ? 16 : undefined }),
    ],
  });
}
