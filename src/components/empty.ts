import { element } from "./element.js";

/** What a page shows where there is nothing to draw: why, what to do, and the command to do it with. */
export interface Emptiness {
  readonly why: string;
  readonly remedy: string;
  readonly command?: string;
}

export function empty({ why, remedy, command }: Emptiness): HTMLElement {
  return element(
    "div",
    { class: "empty", role: "note" },
    element("p", { class: "empty-why" }, why),
    element("p", {}, remedy),
    command ? element("pre", { class: "command", tabindex: 0 }, element("code", {}, command)) : null,
  );
}
