import { element } from "./element.js";

/** One figure that counts, with what it is a part of. */
export interface Figure {
  readonly label: string;
  readonly value: string;
  readonly note: string;
  /** A figure that wants a person is marked, by a bar and not by its colour alone. */
  readonly attention?: boolean;
}

export function cards(figures: readonly Figure[]): HTMLElement {
  return element(
    "dl",
    { class: "cards" },
    figures.map(({ label, value, note, attention }) =>
      element(
        "div",
        { class: attention ? "figure attention" : "figure" },
        element("dt", {}, label),
        element("dd", { class: "value" }, value),
        element("dd", { class: "context" }, note),
      ),
    ),
  );
}
