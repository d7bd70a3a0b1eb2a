import { element } from "./element.js";

/** What the colours of a drawing mean, where labels cannot stand beside the marks. */
export function key(entries: readonly (readonly [label: string, color: string])[]): HTMLElement {
  return element(
    "ul",
    { class: "key" },
    entries.map(([label, color]) =>
      element(
        "li",
        {},
        element("span", { class: "swatch", style: `background:${color}`, "aria-hidden": "true" }),
        label,
      ),
    ),
  );
}
