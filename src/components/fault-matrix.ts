import * as Plot from "@observablehq/plot";
import { type ChartSize, draw, longest } from "./chart.js";
import { fieldName, percent, whole, words } from "./format.js";
import { sequential } from "./palette.js";
import type { FaultDetection } from "./rows.js";

/** Below this width the text of a cell takes two lines. */
const TIGHT = 480;

const x = (row: FaultDetection): string => fieldName(row.field);
const y = (row: FaultDetection): string => words(row.kind);
const clean = (row: FaultDetection): boolean => row.missed === 0 && row.false_alarms === 0;

/** Field by kind of fault: how many of the injected ones were found. A miss or a false alarm turns the cell orange. */
export function faultMatrix(rows: readonly FaultDetection[], { width }: ChartSize): SVGElement | HTMLElement {
  const kinds = [...new Set(rows.map(y))];
  return draw("Faults found of those injected, by field and kind", {
    width,
    height: kinds.length * 58 + 34,
    marginTop: 34,
    marginLeft: longest(kinds) + 12,
    marginRight: 0,
    marginBottom: 0,
    x: { domain: [...new Set(rows.map(x))], type: "band", axis: null, padding: 0.04 },
    y: { domain: kinds, type: "band", label: null, tickSize: 0, padding: 0.06 },
    marks: [
      Plot.axisX({ anchor: "top", tickSize: 0, label: null, lineWidth: width < TIGHT ? 7 : 12 }),
      ...cellMarks(rows, width < TIGHT ? 7 : 20),
    ],
  });
}

function cellMarks(rows: readonly FaultDetection[], lineWidth: number): Plot.Markish[] {
  const fill = (row: FaultDetection): string =>
    clean(row) ? sequential(0.35) : "color-mix(in srgb, var(--cell-worse) 70%, var(--neutral))";
  const share = (row: FaultDetection): string => percent(row.recall);
  const faults = (row: FaultDetection): string =>
    clean(row)
      ? `${whole(row.found)} of ${whole(row.injected)}`
      : `${whole(row.missed)} missed, ${whole(row.false_alarms)} false`;
  return [
    Plot.cell(rows, { x, y, fill, rx: 3 }),
    Plot.text(rows, { x, y, text: share, dy: -8, fontSize: 15, fontWeight: 650, fill: "var(--ink)" }),
    Plot.text(rows, { x, y, text: faults, dy: 11, fontSize: 11, fill: "var(--ink)", lineWidth }),
  ];
}
