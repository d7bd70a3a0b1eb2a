import { element } from "./element.js";

/** What the colours of the heatmap mean. */
export function heatmapKey(): HTMLElement {
  const entry = (label: string, style: string, extra = ""): HTMLElement =>
    element("li", {}, element("span", { class: `swatch ${extra}`, style, "aria-hidden": "true" }), label);
  return element(
    "ul",
    { class: "key" },
    entry("fails less than the fleet", "background:var(--cell-better)"),
    entry("fails more", "background:var(--cell-worse)"),
    entry("no detectable difference, or fewer than 30 devices", "", "hatched"),
  );
}
