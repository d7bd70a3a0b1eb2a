import * as Plot from "@observablehq/plot";
import { type ChartSize, draw, NARROW } from "./chart.js";
import { STATUS_COLOR } from "./palette.js";
import type { FleetStatus } from "./rows.js";

/** Squares in the drawing: one for each half percent of the fleet. */
export const SQUARES = 200;

/** The fleet as 200 squares, each half a percent of it; a status that exists at all has at least one. */
export function statusWaffle(rows: readonly FleetStatus[], { width }: ChartSize): SVGElement | HTMLElement {
  const across = width < NARROW ? 20 : 40;
  const down = SQUARES / across;
  const squares = allocate(rows).flatMap(([status, n]) => Array.from({ length: n }, () => status));
  return draw("Share of the fleet in each status", {
    width,
    height: Math.round((width / across) * down),
    margin: 0,
    x: { axis: null, type: "band", paddingInner: 0.14, paddingOuter: 0 },
    y: { axis: null, type: "band", paddingInner: 0.14, paddingOuter: 0 },
    marks: [
      Plot.cell(squares, {
        x: (_, index) => Math.floor(index / down),
        y: (_, index) => index % down,
        fill: (status: string) => STATUS_COLOR[status] ?? "var(--neutral)",
        rx: 2,
      }),
    ],
  });
}

/** Shares out the squares by largest remainder, after one for each status that has any device. */
export function allocate(rows: readonly FleetStatus[]): [status: string, squares: number][] {
  const present = rows.filter((row) => row.devices > 0);
  const total = present.reduce((sum, row) => sum + row.devices, 0);
  const exact = present.map((row) => (SQUARES * row.devices) / total);
  const squares = exact.map((share) => Math.max(1, Math.floor(share)));
  const byNeed = exact
    .map((share, index) => [share - (squares[index] ?? 0), index] as const)
    .sort((a, b) => b[0] - a[0]);
  let left = SQUARES - squares.reduce((sum, n) => sum + n, 0);
  for (let turn = 0; left !== 0 && byNeed.length > 0; turn += 1) {
    const index = byNeed[left > 0 ? turn % byNeed.length : byNeed.length - 1 - (turn % byNeed.length)]?.[1] ?? 0;
    if (left < 0 && (squares[index] ?? 0) <= 1) continue;
    squares[index] = (squares[index] ?? 0) + Math.sign(left);
    left -= Math.sign(left);
  }
  return present.map((row, index) => [row.update_status, squares[index] ?? 0]);
}
