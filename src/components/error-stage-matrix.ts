import * as Plot from "@observablehq/plot";
import { type ChartSize, draw, longest } from "./chart.js";
import type { ErrorStage } from "./error-rows.js";
import { errorName } from "./error-words.js";
import { count, percent, stageName, whole } from "./format.js";
import { groupBy, sumOf } from "./group.js";
import { labeller } from "./labeller.js";
import { sequential } from "./palette.js";

const CELL_HEIGHT = 34;
/** Below this width of a column, in pixels, its heading leans. */
const STEEP = 76;

/** Error by stage: how many updates each stopped where, the most frequent error first, of as many as asked for. */
export function errorStageMatrix(
  rows: readonly ErrorStage[],
  { width, most }: ChartSize & { readonly most: number },
): SVGElement | HTMLElement {
  const errors = [...groupBy(rows, (row) => row.error_code)]
    .map(([code, group]) => ({ code, failures: sumOf(group, (row) => row.failures) }))
    .sort((a, b) => b.failures - a.failures)
    .slice(0, most);
  const name = labeller(
    errors.map(({ code }) => errorName(code)),
    24,
  );
  const y = (row: ErrorStage): string => name(errorName(row.error_code));
  const x = (row: ErrorStage): string => (row.stage === null ? "Not known" : stageName(row.stage));
  const shown = rows.filter((row) => errors.some(({ code }) => code === row.error_code));
  const stages = [...new Set(shown.map(x))];
  const down = errors.map(({ code }) => name(errorName(code)));
  const marginLeft = longest(down) + 10;
  const steep = (width - marginLeft) / stages.length < STEEP;
  const marginTop = steep ? longest(stages, 11) * 0.8 + 12 : 28;
  return draw("Failures by error and stage", {
    width,
    height: down.length * CELL_HEIGHT + marginTop,
    ...{ marginTop, marginLeft, marginRight: steep ? 28 : 0, marginBottom: 0 },
    x: { domain: stages, type: "band", axis: null, padding: 0.04 },
    y: { domain: down, type: "band", label: null, tickSize: 0, padding: 0.06 },
    marks: [
      Plot.axisX({ anchor: "top", tickSize: 0, label: null, ...(steep ? { tickRotate: -55, fontSize: 11 } : {}) }),
      ...cellMarks(shown, x, y),
    ],
  });
}

type Spot = (row: ErrorStage) => string;

function cellMarks(rows: readonly ErrorStage[], x: Spot, y: Spot): Plot.Markish[] {
  const largest = Math.max(...rows.map((row) => row.failures));
  const title = (row: ErrorStage): string =>
    [
      `${errorName(row.error_code)}, ${x(row)}`,
      `${count(row.failures, "device")}, ${percent(row.share)} of all that failed`,
      ...(row.meaning === null ? [] : [row.meaning, `look at: ${row.look_at}`]),
    ].join("\n");
  return [
    Plot.cell(rows, { x, y, fill: (row: ErrorStage) => sequential(0.12 + (0.88 * row.failures) / largest), rx: 3 }),
    Plot.text(rows, { x, y, text: (row: ErrorStage) => whole(row.failures), fill: "var(--ink)", fontWeight: 600 }),
    Plot.tip(rows, Plot.pointer({ ariaHidden: "true", x, y, title })),
  ];
}
