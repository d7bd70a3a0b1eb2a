import * as Plot from "@observablehq/plot";

export interface SideLabels<T> {
  /** The row's place on the axis; it is its label too. */
  readonly y: (row: T) => string;
  /** What stands at the other end. */
  readonly note: (row: T) => string;
  /** On a narrow page both stand above the mark, this many pixels. */
  readonly above: number | undefined;
}

/** The name of each row at its left and its numbers at its right, in place of an axis and a legend. */
export function sideLabels<T>(rows: readonly T[], { y, note, above }: SideLabels<T>): Plot.Markish[] {
  const narrow = above !== undefined;
  const shared = { y, dy: narrow ? -above : 0, stroke: "var(--paper)" };
  return [
    Plot.text(rows, {
      ...shared,
      text: y,
      frameAnchor: "left",
      textAnchor: narrow ? "start" : "end",
      dx: narrow ? 0 : -12,
      fontWeight: 600,
      fill: "var(--ink)",
    }),
    Plot.text(rows, {
      ...shared,
      text: note,
      frameAnchor: "right",
      textAnchor: narrow ? "end" : "start",
      dx: narrow ? 0 : 10,
      fill: "var(--ink-2)",
    }),
  ];
}
