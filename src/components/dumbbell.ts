import * as Plot from "@observablehq/plot";
import { type ChartSize, draw, longest, NARROW } from "./chart.js";
import { sideLabels } from "./side-labels.js";

/** What something is, and what it would be. */
export interface Change {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  /** Both in words, with the difference. */
  readonly note: string;
  /** The same without the difference, where there is little room. */
  readonly brief: string;
}

export interface DumbbellOptions extends ChartSize {
  readonly name: string;
  /** Where the scale ends; at the largest value where it is left out. */
  readonly most?: number;
}

export const FROM_COLOR = "var(--partial)";
export const TO_COLOR = "var(--accent)";

/** Where each stands, as a ring, and where it would, as a dot; no line between them where nothing changes. */
export function dumbbell(rows: readonly Change[], { width, name, most }: DumbbellOptions): SVGElement | HTMLElement {
  const narrow = width < NARROW;
  const labels = rows.map(({ label }) => label);
  const note = (row: Change): string => (narrow ? row.brief : row.note);
  const changed = rows.filter(({ from, to }) => from !== to);
  return draw(name, {
    width,
    height: rows.length * (narrow ? 48 : 34) + 10,
    marginLeft: narrow ? 8 : longest(labels, 13) + 22,
    marginRight: narrow ? 8 : longest(rows.map(note)) + 18,
    marginTop: narrow ? 14 : 5,
    marginBottom: 5,
    x: { axis: null, domain: [0, most ?? Math.max(1, ...rows.flatMap(({ from, to }) => [from, to]))] },
    y: { axis: null, domain: labels, padding: 0.3 },
    marks: [
      Plot.ruleY(rows, { y: "label", stroke: "var(--line)" }),
      Plot.link(changed, { y1: "label", y2: "label", x1: "from", x2: "to", stroke: TO_COLOR, strokeWidth: 2.5 }),
      Plot.dot(changed, { y: "label", x: "from", r: 5, stroke: FROM_COLOR, strokeWidth: 2, fill: "var(--paper)" }),
      Plot.dot(rows, { y: "label", x: "to", r: 5.5, fill: TO_COLOR }),
      ...sideLabels(rows, { y: (row) => row.label, note, above: narrow ? 16 : undefined }),
    ],
  });
}
