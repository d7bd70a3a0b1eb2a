import * as Plot from "@observablehq/plot";
import { type ChartSize, draw, longest, NARROW } from "./chart.js";
import { whole } from "./format.js";
import type { TriageStanding } from "./rows.js";
import { sideLabels } from "./side-labels.js";
import { STANDINGS } from "./triage-standings.js";

/** Bars that one can still take in; the others are in the table. */
export const MOST_BARS = 12;

/** Devices that were held, a bar a rule or region, in the parts that the queue stands in. */
export function standingBars(
  all: readonly TriageStanding[],
  { width, name, label }: ChartSize & { readonly name: string; readonly label: (name: string) => string },
): SVGElement | HTMLElement {
  const rows = all.slice(0, MOST_BARS);
  const narrow = width < NARROW;
  const y = (row: { readonly name: string }): string => label(row.name);
  const note = ({ held, open }: TriageStanding): string =>
    open === held ? `${whole(open)} open` : `${whole(open)} open of ${whole(held)}`;
  return draw(name, {
    width,
    height: rows.length * (narrow ? 42 : 30) + 6,
    marginLeft: narrow ? 0 : longest(rows.map(y), 13) + 14,
    marginRight: narrow ? 0 : longest(rows.map(note)) + 8,
    marginTop: 6,
    marginBottom: 0,
    x: { axis: null },
    y: { axis: null, domain: rows.map(y), padding: narrow ? 0.62 : 0.3 },
    marks: [
      Plot.barX(rows.flatMap(parts), {
        y,
        x1: "from",
        x2: "to",
        fill: "color",
        insetRight: 1,
        rx: 1,
        title: ({ what, from, to }: Part) => `${what}: ${whole(to - from)}`,
      }),
      ...sideLabels(rows, { y, note, above: narrow ? 16 : undefined }),
    ],
  });
}

interface Part {
  readonly name: string;
  readonly what: string;
  readonly from: number;
  readonly to: number;
  readonly color: string;
}

function parts(row: TriageStanding): Part[] {
  let from = 0;
  return STANDINGS.flatMap(({ key, label, color }) => {
    if (row[key] === 0) return [];
    const part = { name: row.name, what: label, from, to: from + row[key], color };
    from = part.to;
    return [part];
  });
}
