import * as Plot from "@observablehq/plot";

/** What every drawing is told from outside. */
export interface ChartSize {
  /** Width in pixels. */
  readonly width: number;
}

/** Below this width labels stand above their marks instead of beside them. */
export const NARROW = 560;

/** Draws with Plot, as one image with a name: its marks are not read out one by one, the table beside it is. */
export function draw(label: string, options: Plot.PlotOptions): SVGElement | HTMLElement {
  const chart = Plot.plot({
    ...options,
    document,
    ariaLabel: label,
    style: { fontFamily: "inherit", fontSize: "12px", overflow: "visible", ...(options.style as object) },
  });
  const image = chart.tagName.toLowerCase() === "svg" ? chart : (chart.querySelector("svg") ?? chart);
  image.setAttribute("role", "img");
  for (const group of image.querySelectorAll("g[aria-label]")) group.removeAttribute("aria-label");
  return chart;
}

/** Rough width of text of this size, enough to keep room for it. */
export const textWidth = (text: string, size = 12): number => Math.ceil(text.length * size * 0.6);

export const longest = (texts: readonly string[], size = 12): number =>
  Math.max(0, ...texts.map((text) => textWidth(text, size)));
