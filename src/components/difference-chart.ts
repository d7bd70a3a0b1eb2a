import * as Plot from "@observablehq/plot";
import type { CampaignDifference } from "./campaign-rows.js";
import { type ChartSize, draw, longest, NARROW } from "./chart.js";
import { percent, place, points, stageName, whole, words } from "./format.js";
import { labeller } from "./labeller.js";
import { VERDICT_COLOR } from "./palette.js";
import { sideLabels } from "./side-labels.js";

export interface DifferenceOptions extends ChartSize {
  readonly name: string;
}

/** A difference as a line of the chart. */
interface Line extends CampaignDifference {
  readonly label: string;
}

const BAND = { wide: 34, narrow: 58 };

/** Differences of rates as dots on their 95% intervals, around zero. Where both are one fleet there is no interval, and a line leads to zero. */
export function differenceChart(
  rows: readonly CampaignDifference[],
  { width, name }: DifferenceOptions,
): SVGElement | HTMLElement {
  const narrow = width < NARROW;
  const label = labeller(rows.map(nameOf));
  const lines = rows.filter((row) => row.difference !== null).map((row) => ({ ...row, label: label(nameOf(row)) }));
  const names = lines.map((row) => row.label);
  return draw(name, {
    width,
    height: lines.length * (narrow ? BAND.narrow : BAND.wide) + 52,
    marginTop: narrow ? 12 : 6,
    marginBottom: 40,
    marginLeft: narrow ? 6 : longest(names, 13) + 16,
    marginRight: narrow ? 6 : longest(lines.map(note)) + 12,
    x: {
      domain: ends(lines),
      transform: (x: number) => 100 * x,
      grid: true,
      label: "A − B, percentage points",
      labelAnchor: "center",
      labelArrow: "none",
      tickSize: 0,
      inset: 6,
      ticks: narrow ? 4 : 7,
      tickFormat: (x: number) => points(x / 100, Number.isInteger(x) ? 0 : 1),
    },
    y: { axis: null, domain: names },
    marks: [Plot.ruleX([0], { stroke: "var(--ink-2)" }), ...marks(lines), ...labels(lines, narrow)],
  });
}

/** What a row is called; the fleet stands above its parts. */
export function nameOf({ scope, name }: Pick<CampaignDifference, "scope" | "name">): string {
  if (scope === "fleet") return "Whole fleet";
  if (scope === "stage") return stageName(name);
  if (scope === "decision") return ACTION[name] ?? words(name);
  return scope === "error" ? words(place(name)) : place(name);
}

const ACTION: Readonly<Record<string, string>> = {
  RETRY_UPDATE: "Retry",
  FORCE_ROLLBACK: "Rollback",
  MANUAL_TRIAGE: "A person",
};

export const note = (row: CampaignDifference): string =>
  `${points(row.difference)} · n ${whole(row.devices_a)}, ${whole(row.devices_b)} · ${REMARK[row.verdict] ?? row.verdict}`;

const REMARK: Readonly<Record<string, string>> = { "no detectable difference": "no difference" };

/** Both ends of a line are too long for one row of a narrow page. */
function labels(lines: readonly Line[], narrow: boolean): Plot.Markish[] {
  const y = (row: Line): string => row.label;
  if (!narrow) return sideLabels(lines, { y, note, above: undefined });
  return [
    ...sideLabels(lines, { y, note: () => "", above: 28 }),
    Plot.text(lines, {
      ...{ y, text: note, dy: -13, frameAnchor: "left", textAnchor: "start" },
      ...{ fill: "var(--ink-2)", stroke: "var(--paper)" },
    }),
  ];
}

/** More failures want a person, fewer are well; of actions neither is better. */
export const colorOf = ({ scope, verdict }: CampaignDifference): string => {
  const color = { higher: VERDICT_COLOR.worse, lower: VERDICT_COLOR.better }[verdict];
  return color === undefined ? "var(--ink-3)" : scope === "decision" ? "var(--ink)" : color;
};

/** As far to either side, so that zero stands in the middle: at least a point. */
function ends(lines: readonly Line[]): [number, number] {
  const far = Math.max(
    0.01,
    ...lines.flatMap((row) => [row.difference, row.low, row.high]).map((x) => Math.abs(x ?? 0)),
  );
  return [-100 * far, 100 * far];
}

function marks(lines: readonly Line[]): Plot.Markish[] {
  const title = (row: Line): string =>
    [
      row.label,
      `A: ${percent(row.events_a / row.devices_a)} of ${whole(row.devices_a)}`,
      `B: ${percent(row.events_b / row.devices_b)} of ${whole(row.devices_b)}`,
      row.low === null ? "not tested" : `95% interval ${points(row.low)} to ${points(row.high)} points`,
    ].join("\n");
  return [
    Plot.ruleY(lines, {
      ...{ y: "label", x1: (row: Line) => row.low ?? 0, x2: (row: Line) => row.high ?? row.difference },
      ...{
        stroke: colorOf,
        strokeWidth: (row: Line) => (row.low === null ? 2 : 5),
        strokeOpacity: 0.45,
        strokeLinecap: "round",
      },
    }),
    Plot.dot(lines, { y: "label", x: "difference", r: 5.5, fill: colorOf, stroke: "var(--paper)", strokeWidth: 1.5 }),
    Plot.tip(lines, Plot.pointerY({ ariaHidden: "true", y: "label", x: "difference", title })),
  ];
}
