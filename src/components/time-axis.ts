import type { ScaleOptions } from "@observablehq/plot";

/** Room below a chart for the axis of time and its name. */
export const TIME_AXIS_HEIGHT = 42;

/** Seconds since recovery began, the same in every chart of a page. */
export const timeAxis = (width: number): ScaleOptions & { tickSize: number } => ({
  label: "seconds since the first batch began",
  labelArrow: "none",
  labelAnchor: "center",
  labelOffset: 36,
  grid: true,
  ticks: width < 500 ? 4 : 8,
  tickSize: 0,
});
