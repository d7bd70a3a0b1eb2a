import * as Plot from "@observablehq/plot";
import { draw, longest } from "../chart.js";
import { choice } from "../choice.js";
import { type Content, element } from "../element.js";
import { whole } from "../format.js";
import { visible } from "../visible.js";
import type { Outcome, Value } from "./outcome.js";

type Row = Readonly<Record<string, Value>>;
/** Framework's: calls again whenever the width changes. */
export type Resize = (draw: (width: number) => Node) => Node;

/** Bars that can still be read. */
const MOST_BARS = 40;
/** Letters of a label. */
const LONGEST_LABEL = 28;

/** A result as a plot: which column goes where is chosen, and stands in the address of the page. */
export function resultPlot({ columns, rows }: Outcome, resize: Resize): HTMLElement {
  const numbers = columns.filter(({ kind }) => kind === "number").map(({ name }) => name);
  const labels = columns.filter(({ kind }) => kind !== "number").map(({ name }) => name);
  if (numbers.length === 0 || rows.length === 0)
    return element("p", { class: "found" }, "There is nothing to plot: a plot needs a row, and a column of numbers.");
  const named = (names: readonly string[]) => names.map((name) => [name, visible(name)] as const);
  const length = choice({ label: "Length", param: "length", options: named(numbers) });
  const along = choice({
    label: "Along",
    param: "along",
    options: named([...labels, ...numbers]),
    start: labels[0] ?? numbers[1] ?? "",
  });
  const mark = choice({
    label: "Drawn as",
    param: "mark",
    options: [
      ["bars", "bars"],
      ["dots", "dots"],
      ["line", "a line"],
    ],
  });
  const slot = element("div", { class: "drawing" });
  const show = (): void => {
    const chosen = { x: along.value, y: length.value };
    slot.replaceChildren(...list(plotOf(rows, chosen, mark.value, resize)));
  };
  for (const input of [length, along, mark]) input.addEventListener("input", show);
  show();
  return element("div", {}, length, along, mark, slot);
}

const list = (content: Content): Node[] => (Array.isArray(content) ? content : [content]) as Node[];

interface Chosen {
  readonly x: string;
  readonly y: string;
}

function plotOf(rows: readonly Row[], { x, y }: Chosen, mark: string, resize: Resize): Content {
  const there = rows.filter((row) => row[x] !== null && row[y] !== null);
  const name = `${visible(y)} by ${visible(x)}`;
  const scale = scaleOf(there, x);
  const shown = mark === "bars" || scale === "words" ? there.slice(0, MOST_BARS) : there;
  return [
    resize((width) =>
      mark === "bars" ? bars(shown, { x, y }, name, width) : points(shown, { x, y }, { name, mark, scale }, width),
    ),
    said(shown.length, there.length, rows.length),
  ];
}

type Scale = "numbers" | "moments" | "words";

function scaleOf(rows: readonly Row[], x: string): Scale {
  if (rows.every((row) => typeof row[x] === "number")) return "numbers";
  return rows.every((row) => MOMENT.test(String(row[x]))) ? "moments" : "words";
}

/** What a plot leaves out is said under it. */
function said(shown: number, there: number, all: number): HTMLElement {
  const parts = [
    ...(shown < there ? [`The first ${whole(shown)} of ${whole(there)} rows.`] : [`${whole(shown)} rows.`]),
    ...(there < all ? [`${whole(all - there)} without a value are left out.`] : []),
  ];
  return element("p", { class: "found" }, parts.join(" "));
}

function bars(rows: readonly Row[], { x, y }: Chosen, name: string, width: number): Node {
  // By their number: two rows may have one label.
  const label = (no: number): string => short(visible(String(rows[no]?.[x])));
  const labels = rows.map((_, no) => label(no));
  return draw(`Bars: ${name}`, {
    width,
    height: 50 + 26 * rows.length,
    marginLeft: Math.min(width / 2, longest(labels) + 12),
    marginTop: 34,
    x: { label: visible(y), grid: true, axis: "top", labelAnchor: "left" },
    y: { label: null, domain: rows.map((_, no) => no), tickFormat: label, tickSize: 0 },
    marks: [
      Plot.barX(rows, { x: y, y: (_: Row, no: number) => no, fill: "var(--recovered)", insetTop: 3, insetBottom: 3 }),
      Plot.ruleX([0], { stroke: "var(--line-strong)" }),
    ],
  });
}

interface Drawing {
  readonly name: string;
  readonly mark: string;
  readonly scale: Scale;
}

function points(rows: readonly Row[], { x, y }: Chosen, { name, mark, scale }: Drawing, width: number): Node {
  const place = {
    numbers: (row: Row) => row[x],
    moments: (row: Row) => new Date(String(row[x])),
    words: (row: Row) => short(visible(String(row[x]))),
  }[scale];
  const channels = { x: place, y };
  return draw(`${mark === "line" ? "Line" : "Dots"}: ${name}`, {
    width,
    height: 360,
    marginLeft: 60,
    marginBottom: scale === "words" ? 90 : 40,
    x: {
      label: visible(x),
      ...(scale === "words" ? { type: "point", tickRotate: -35 } : {}),
      ...(scale === "moments" ? { type: "utc" } : {}),
    },
    y: { label: visible(y), grid: true, nice: true },
    marks: [
      mark === "line"
        ? Plot.lineY(rows, { ...channels, stroke: "var(--recovered)", strokeWidth: 2 })
        : Plot.dot(rows, { ...channels, fill: "var(--recovered)", fillOpacity: 0.75 }),
    ],
  });
}

/** ISO 8601, as results and marts write moments. */
const MOMENT = /^\d{4}-\d\d-\d\d(T|$)/;

const short = (text: string): string => (text.length > LONGEST_LABEL ? `${text.slice(0, LONGEST_LABEL - 1)}…` : text);
