import * as Plot from "@observablehq/plot";
import type { CampaignDifference } from "./campaign-rows.js";
import { type ChartSize, draw, longest } from "./chart.js";
import { colorOf, nameOf } from "./difference-chart.js";
import { percent, whole } from "./format.js";
import { labeller } from "./labeller.js";

export interface SlopeOptions extends ChartSize {
  readonly name: string;
}

/** Below this width the left end has no room for its n, which stands in the table. */
const NARROW_SLOPE = 440;
/** Pixels from one label to the next. */
const LINE = 16;
const MARGIN = { top: 44, bottom: 12 };

/** Where a rate is drawn, and where its label is: beside it, or as near as the others let it. */
interface End {
  readonly row: CampaignDifference;
  readonly side: "before" | "now";
  readonly rate: number;
  readonly label: number;
  readonly text: string;
}

/** Rates of one run, at the left, and of the next, at the right: a line each. Only what changed beyond noise has a colour. */
export function slopeChart(
  rows: readonly CampaignDifference[],
  { width, name }: SlopeOptions,
): SVGElement | HTMLElement {
  const height = Math.max(240, rows.length * 24 + MARGIN.top + MARGIN.bottom);
  const before = (row: CampaignDifference): number => row.events_b / row.devices_b;
  const now = (row: CampaignDifference): number => row.events_a / row.devices_a;
  const rates = rows.flatMap((row) => [before(row), now(row)]);
  const [least, most] = [Math.min(...rates), Math.max(...rates, Math.min(...rates) + 0.01)];
  const room = (LINE * (most - least)) / (height - MARGIN.top - MARGIN.bottom);
  const label = labeller(rows.map(nameOf), 18);
  const text = (row: CampaignDifference): string =>
    `${percent(now(row))} ${label(nameOf(row))} · n ${whole(row.devices_a)}`;
  const brief = (row: CampaignDifference): string =>
    width < NARROW_SLOPE ? percent(before(row)) : `n ${whole(row.devices_b)} · ${percent(before(row))}`;
  const ends = [
    ...endsOf(rows, { side: "before", rate: before, text: brief, room, least, most }),
    ...endsOf(rows, { side: "now", rate: now, text, room, least, most }),
  ];
  return draw(name, {
    width,
    height,
    ...{
      marginTop: MARGIN.top,
      marginBottom: MARGIN.bottom,
      marginLeft: longest(rows.map(brief)) + 16,
      marginRight: longest(rows.map(text), 11) + 16,
    },
    x: { type: "point", domain: ["before", "now"], padding: 0, axis: "top", label: null, tickSize: 0, tickPadding: 24 },
    y: { domain: [least, most], axis: null },
    marks: slopes(ends),
  });
}

interface Side {
  readonly side: End["side"];
  readonly rate: (row: CampaignDifference) => number;
  readonly text: (row: CampaignDifference) => string;
  /** What a line of text takes of the scale, and the ends of that. */
  readonly room: number;
  readonly least: number;
  readonly most: number;
}

function endsOf(rows: readonly CampaignDifference[], { side, rate, text, room, least, most }: Side): End[] {
  const sorted = [...rows].sort((a, b) => rate(a) - rate(b));
  const labels = spread(sorted.map(rate), room, [least, most]);
  return sorted.map((row, at) => ({ row, side, rate: rate(row), label: labels[at] ?? rate(row), text: text(row) }));
}

/** Numbers in ascending order, moved apart so that none is nearer to the next than `room`, within both ends as far as they go. */
export function spread(sorted: readonly number[], room: number, [low, high]: readonly [number, number]): number[] {
  const apart: number[] = [];
  for (const at of sorted) apart.push(Math.max(at, low, (apart.at(-1) ?? Number.NEGATIVE_INFINITY) + room));
  for (let no = apart.length - 1, most = high; no >= 0; no -= 1, most -= room)
    apart[no] = most = Math.min(apart[no] as number, most);
  return apart;
}

function slopes(ends: readonly End[]): Plot.Markish[] {
  const color = ({ row }: End): string => colorOf(row);
  const text = (side: End["side"], dx: number, textAnchor: "start" | "end"): Plot.Markish[] =>
    [true, false].map((clear) =>
      Plot.text(
        ends.filter((end) => end.side === side && isClear(end) === clear),
        {
          ...{ x: "side", y: "label", text: "text", dx, textAnchor, fill: clear ? "var(--ink)" : "var(--ink-2)" },
          ...{ stroke: "var(--paper)", fontWeight: clear ? 650 : 400 },
        },
      ),
    );
  return [
    Plot.ruleX(["before", "now"], { stroke: "var(--line)" }),
    Plot.line(ends, { x: "side", y: "rate", z: (end: End) => end.row.name, stroke: color, strokeWidth: 2 }),
    Plot.dot(ends, { x: "side", y: "rate", r: 4.5, fill: color, stroke: "var(--paper)" }),
    ...text("before", -11, "end"),
    ...text("now", 11, "start"),
  ];
}

const isClear = ({ row }: End): boolean => row.verdict === "higher" || row.verdict === "lower";
