import * as Plot from "@observablehq/plot";
import { type ChartSize, draw, longest } from "./chart.js";
import { fieldName, percent, whole, words } from "./format.js";
import { sequential } from "./palette.js";
import type { FaultDetection } from "./rows.js";

/** Below these widths, in pixels, the text of a cell takes two lines, or stands alone, or has no room. */
const ROOM = { line: 150, lines: 72, share: 40 };

const x = (row: FaultDetection): string => fieldName(row.field);
const y = (row: FaultDetection): string => words(row.kind);
const clean = (row: FaultDetection): boolean => row.missed === 0 && row.false_alarms === 0;

/** Field by kind of fault: how many of the injected ones were found. A miss or a false alarm turns the cell orange. */
export function faultMatrix(rows: readonly FaultDetection[], { width }: ChartSize): SVGElement | HTMLElement {
  const kinds = [...new Set([...rows].sort((a, b) => (a.kind_ordinal ?? 0) - (b.kind_ordinal ?? 0)).map(y))];
  const fields = [...new Set(rows.map(x))];
  const marginLeft = longest(kinds) + 12;
  const room = (width - marginLeft) / Math.max(1, fields.length);
  const steep = room < ROOM.lines;
  const marginTop = steep ? longest(fields, 11) * 0.8 + 12 : 34;
  return draw("Faults found of those injected, by field and kind", {
    width,
    height: kinds.length * (room < ROOM.lines ? 30 : 58) + marginTop,
    ...{ marginTop, marginLeft, marginRight: steep ? 24 : 0, marginBottom: 0 },
    x: { domain: fields, type: "band", axis: null, padding: 0.04 },
    y: { domain: kinds, type: "band", label: null, tickSize: 0, padding: 0.06 },
    marks: [
      Plot.axisX({
        ...{ anchor: "top", tickSize: 0, label: null },
        ...(steep ? { tickRotate: -55, fontSize: 11 } : { lineWidth: room < ROOM.line ? 7 : 12 }),
      }),
      ...cellMarks(rows, room),
    ],
  });
}

function cellMarks(rows: readonly FaultDetection[], room: number): Plot.Markish[] {
  const fill = (row: FaultDetection): string =>
    clean(row) ? sequential(0.35) : "color-mix(in srgb, var(--cell-worse) 70%, var(--neutral))";
  const faults = (row: FaultDetection): string =>
    clean(row)
      ? `${whole(row.found)} of ${whole(row.injected)}`
      : `${whole(row.missed)} missed, ${whole(row.false_alarms)} false`;
  const title = (row: FaultDetection): string =>
    `${fieldName(row.field)}, ${words(row.kind)}\n${percent(row.recall)} found: ${faults(row)}\n${whole(row.right_rule)} by the right rule`;
  const share = (row: FaultDetection): string => percent(row.recall, room < ROOM.lines ? 0 : 1);
  const small = room < ROOM.lines;
  return [
    Plot.cell(rows, { x, y, fill, rx: 3 }),
    ...(room < ROOM.share
      ? []
      : [
          Plot.text(rows, {
            ...{ x, y, text: share, fill: "var(--ink)", fontWeight: 650 },
            ...(small ? { fontSize: 11 } : { dy: -8, fontSize: 15 }),
          }),
        ]),
    ...(small
      ? []
      : [
          Plot.text(rows, {
            ...{ x, y, text: faults, dy: 11, fontSize: 11, fill: "var(--ink)" },
            lineWidth: room < ROOM.line ? 7 : 20,
          }),
        ]),
    Plot.tip(rows, Plot.pointer({ ariaHidden: "true", x, y, title })),
  ];
}
