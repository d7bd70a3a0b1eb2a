import { element } from "./element.js";

/** A command with a button that copies it. */
export function commandRow(text: string): HTMLElement {
  const button = element("button", { type: "button", class: "copy", click: () => void copy(text, button) }, "Copy");
  return element(
    "div",
    { class: "command-row" },
    element("pre", { class: "command", tabindex: 0 }, element("code", {}, text.split(" ").flatMap(whole))),
    button,
  );
}

/** A word that lines are not broken in: a lone dash at the end of one would be no option. */
const whole = (word: string, no: number): (string | HTMLElement)[] => [
  ...(no > 0 ? [" "] : []),
  element("span", { class: "whole" }, word),
];

/** @param button tells how it went, where there is one. */
export async function copy(text: string, button: HTMLButtonElement | undefined): Promise<void> {
  const done = await navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  );
  if (button) button.textContent = done ? "Copied" : "Select it and copy";
}
