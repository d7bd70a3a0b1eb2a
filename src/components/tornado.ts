import * as Plot from "@observablehq/plot";
import { type ChartSize, draw, longest, NARROW } from "./chart.js";
import { sideLabels } from "./side-labels.js";

/** What one cause does to a result at both ends of its range. */
export interface Span {
  readonly label: string;
  readonly low: number;
  readonly high: number;
}

export interface TornadoOptions extends ChartSize {
  readonly name: string;
  /** The result with every cause in its middle. */
  readonly middle: number;
  readonly show: (amount: number) => string;
}

const COMPACT = new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 });
/** Where there is no room for a unit. */
const brief = (amount: number): string => COMPACT.format(amount).replace("-", "−");

/** A bar a cause, from the result at its low end to that at its high end; the line is the result in the middle. */
export function tornado(
  spans: readonly Span[],
  { width, name, middle, show }: TornadoOptions,
): SVGElement | HTMLElement {
  const narrow = width < NARROW;
  const halves = spans.flatMap(({ label, low, high }) => [
    { label, from: middle, to: low, color: "var(--cell-better)" },
    { label, from: middle, to: high, color: "var(--accent)" },
  ]);
  const write = narrow ? brief : show;
  const note = ({ low, high }: Span): string => `${write(Math.min(low, high))} to ${write(Math.max(low, high))}`;
  return draw(name, {
    width,
    height: spans.length * (narrow ? 46 : 28) + 8,
    marginLeft: narrow
      ? 0
      : longest(
          spans.map(({ label }) => label),
          13,
        ) + 14,
    marginRight: narrow ? 0 : longest(spans.map(note)) + 10,
    marginTop: narrow ? 12 : 4,
    marginBottom: 4,
    x: { axis: null },
    y: { axis: null, domain: spans.map(({ label }) => label), padding: narrow ? 0.62 : 0.3 },
    marks: [
      Plot.barX(halves, { y: "label", x1: "from", x2: "to", fill: "color" }),
      narrow
        ? Plot.tickX(spans, { x: () => middle, y: "label", stroke: "var(--ink)", strokeWidth: 1.5 })
        : Plot.ruleX([middle], { stroke: "var(--ink)", strokeWidth: 1.5 }),
      ...sideLabels(spans, { y: (span) => span.label, note, above: narrow ? 18 : undefined }),
    ],
  });
}
