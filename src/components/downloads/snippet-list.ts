import { copy } from "../command-row.js";
import { element } from "../element.js";
import { martFile } from "../mart-files.js";
import { snippets } from "./snippets.js";

/** How to read a table with the usual tools, from where this report is. @param dictionary the address of the dictionary. */
export function snippetList(dictionary: string): HTMLElement {
  const folder = new URL(martFile(dictionary, "") ?? "data/marts", document.baseURI).href.replace(/\/$/, "");
  return element(
    "div",
    { class: "snippets" },
    snippets(folder).map(({ tool, note, code }) => {
      const button = element("button", { type: "button", class: "copy", click: () => void copy(code, button) }, "Copy");
      return element(
        "section",
        { "aria-label": tool },
        element("h3", {}, tool),
        element("p", {}, note),
        element(
          "div",
          { class: "command-row" },
          element("pre", { class: "command", tabindex: 0 }, element("code", {}, code)),
          button,
        ),
      );
    }),
  );
}
