import { element } from "./element.js";

/** What a page answers before it shows anything: one sentence, and what stands behind it. */
export interface Answer {
  readonly headline: string;
  readonly detail: string;
}

export function answer({ headline, detail }: Answer): HTMLElement {
  return element(
    "div",
    { class: "answer" },
    element("p", { class: "headline" }, headline),
    detail ? element("p", { class: "lede" }, detail) : null,
  );
}
