import { count } from "../pipelines/cli/format.ts";
import type { Figure } from "./figures.ts";

/** Devices a second of a stage, by size of the fleet. */
interface Line {
  readonly stage: string;
  readonly points: readonly { readonly devices: number; readonly rate: number }[];
}

/** The figures, in seconds, that a line is made of: their sum is a stage's time. The first that was measured counts. */
const STAGES: Readonly<Record<string, readonly string[]>> = {
  generate: ["pipeline.ours.generate"],
  corrupt: ["pipeline.ours.corrupt"],
  recover: ["pipeline.ours.recover"],
  validate: ["pipeline.ours.validate"],
  pull: ["marts.ours.pull", "marts.ours.staging"],
  marts: ["marts.ours.marts", "marts.ours.checks"],
  report: ["pipeline.ours.report"],
};
/** Its two parts stand for it, where they were measured. */
const WHOLE = "report";
const PART = "pull";

const WIDTH = 760;
const HEIGHT = 440;
const FRAME = { left: 92, right: 640, top: 56, bottom: 380 } as const;
const LABEL_HEIGHT = 17;
/** Seen by most people with a colour deficiency as different, and on light and dark alike: P. Tol's bright scheme, darkened. */
const COLOURS = ["#3b73b9", "#d9603b", "#2a9d5c", "#b07d12", "#9a5fc0", "#1f9aa8", "#8a8a8a"] as const;

/** Devices a second against the size of the fleet, both on logarithmic scales, one line a stage, as an SVG document. */
export function chart(figures: readonly Figure[]): string {
  const lines = linesOf(figures);
  const points = lines.flatMap((line) => line.points);
  const x = scale(
    points.map(({ devices }) => devices),
    FRAME.left,
    FRAME.right,
  );
  const y = scale(
    points.map(({ rate }) => rate),
    FRAME.bottom,
    FRAME.top,
  );
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title">`,
    `<title id="title">Devices a second of each stage, by size of the fleet</title>`,
    `<style>${STYLE}</style>`,
    `<text class="head" x="${FRAME.left - 74}" y="24">Devices a second of each stage, by size of the fleet</text>`,
    ...powers(x).map((at) =>
      tick(at, [x.at(at), FRAME.top], [x.at(at), FRAME.bottom], [x.at(at), FRAME.bottom + 20], "middle"),
    ),
    ...powers(y).map((at) =>
      tick(at, [FRAME.left, y.at(at)], [FRAME.right, y.at(at)], [FRAME.left - 8, y.at(at) + 4], "end"),
    ),
    `<text x="${(FRAME.left + FRAME.right) / 2}" y="${FRAME.bottom + 46}" text-anchor="middle">devices in the fleet</text>`,
    `<text x="${FRAME.left - 74}" y="${FRAME.top - 12}">devices a second</text>`,
    ...drawn(lines, x, y),
    "</svg>",
  ].join("\n")}\n`;
}

const STYLE = `
text { font: 13px system-ui, sans-serif; fill: #3d444d; }
.head { font-size: 15px; font-weight: 600; }
.grid { stroke: #3d444d; stroke-opacity: 0.15; }
.line { fill: none; stroke-width: 2; }
@media (prefers-color-scheme: dark) { text { fill: #c9d1d9; } .grid { stroke: #c9d1d9; } }
`;

function linesOf(figures: readonly Figure[]): Line[] {
  const seconds = new Map(figures.map(({ name, value }) => [name, value]));
  const sizes = [...new Set(figures.map(({ name }) => Number(name.split(".").at(-1))))].sort((a, b) => a - b);
  const lines = Object.entries(STAGES).map(([stage, names]) => {
    const points = sizes.flatMap((devices) => {
      const parts = names.flatMap((name) => seconds.get(`${name}.${devices}`) ?? []);
      const time = parts.reduce((sum, part) => sum + part, 0);
      return parts.length === names.length && time > 0 ? [{ devices, rate: devices / time }] : [];
    });
    return { stage, points };
  });
  const isSplit = lines.some(({ stage, points }) => stage === PART && points.length > 0);
  return lines.filter(({ stage, points }) => points.length > 0 && !(isSplit && stage === WHOLE));
}

interface Scale {
  readonly least: number;
  readonly most: number;
  readonly at: (value: number) => number;
}

/** A logarithmic scale that holds all values, to the power of ten below and above. */
function scale(values: readonly number[], from: number, to: number): Scale {
  const logs = values.map(Math.log10);
  const least = Math.floor(Math.min(...logs) + 1e-9);
  const most = Math.max(least + 1, Math.ceil(Math.max(...logs) - 1e-9));
  return { least, most, at: (value) => round(from + ((Math.log10(value) - least) / (most - least)) * (to - from)) };
}

function powers({ least, most }: Scale): number[] {
  return Array.from({ length: most - least + 1 }, (_, no) => 10 ** (least + no));
}

type Point = readonly [x: number, y: number];

function tick(value: number, [x1, y1]: Point, [x2, y2]: Point, [x, y]: Point, anchor: string): string {
  const line = `<line class="grid" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;
  return `${line}<text x="${x}" y="${y}" text-anchor="${anchor}">${count(value)}</text>`;
}

/** The lines, each with its name at its end, pushed down where it would cover the one above. */
function drawn(lines: readonly Line[], x: Scale, y: Scale): string[] {
  const ends = lines.map(({ stage, points }, no) => ({ stage, points, no, end: y.at(points.at(-1)?.rate ?? 1) }));
  let above = Number.NEGATIVE_INFINITY;
  return ends
    .toSorted((a, b) => a.end - b.end)
    .map(({ stage, points, no, end }) => {
      const colour = COLOURS[no % COLOURS.length];
      const places = points.map(({ devices, rate }) => [x.at(devices), y.at(rate)] as const);
      above = Math.max(end, above + LABEL_HEIGHT);
      const dots = places.map(([cx, cy], at) => dot(cx, cy, colour, `${stage}, ${spoken(points[at])}`));
      return [
        `<polyline class="line" stroke="${colour}" points="${places.map((place) => place.join(",")).join(" ")}"/>`,
        ...dots,
        `<text x="${FRAME.right + 12}" y="${round(above + 4)}" style="fill:${colour}">${stage}</text>`,
      ].join("");
    });
}

function dot(cx: number, cy: number, colour: string | undefined, title: string): string {
  return `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${colour}"><title>${title}</title></circle>`;
}

function spoken(point: Line["points"][number] | undefined): string {
  return point ? `${count(point.devices)} devices: ${count(point.rate)} a second` : "";
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
