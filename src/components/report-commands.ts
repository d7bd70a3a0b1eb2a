import { commandRow } from "./command-row.js";
import { element } from "./element.js";
import { short } from "./format.js";
import { shellWord, visible } from "./visible.js";

/** What to run to see the whole report of each campaign: the other pages show one. */
export function reportCommands(campaigns: readonly string[]): HTMLElement {
  return element(
    "ul",
    { class: "commands" },
    [...new Set(campaigns)].map((campaign) => {
      const word = shellWord(campaign);
      return element(
        "li",
        {},
        element("span", {}, short(visible(campaign), 60)),
        word === undefined
          ? "Its name has characters that do not show: no command to paste can name it."
          : commandRow(`npm run report -- --campaign ${word}`),
      );
    }),
  );
}
