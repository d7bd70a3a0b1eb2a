import { element } from "./element.js";

/** What the colours of a heatmap, or a map, mean. */
export function heatmapKey(against = "the fleet"): HTMLElement {
  const entry = (label: string, style: string, extra = ""): HTMLElement =>
    element("li", {}, element("span", { class: `swatch ${extra}`, style, "aria-hidden": "true" }), label);
  return element(
    "ul",
    { class: "key" },
    entry(`fails less than ${against}`, "background:var(--cell-better)"),
    entry("fails more", "background:var(--cell-worse)"),
    entry("no detectable difference, or fewer than 30 devices", "", "hatched"),
  );
}
