import type { DictionaryMart } from "../dictionary-rows.js";
import { element } from "../element.js";
import { count } from "../format.js";

/** The tables with their columns, each to open; the button asks for the first rows. */
export function schema(marts: readonly DictionaryMart[], look: (query: string) => void): HTMLElement {
  return element(
    "div",
    { class: "schema" },
    marts.map((mart) => {
      const query = `FROM ${mart.name}\nLIMIT 100;`;
      return element(
        "details",
        {},
        element("summary", {}, element("code", {}, mart.name), " ", element("span", {}, count(mart.rows, "row"))),
        element("p", {}, mart.question),
        element(
          "dl",
          {},
          mart.columns.map(({ name, type, meaning }) =>
            element(
              "div",
              {},
              element("dt", {}, element("code", {}, name), " ", element("span", {}, type.toLowerCase())),
              element("dd", {}, meaning),
            ),
          ),
        ),
        element(
          "button",
          { type: "button", class: "copy", click: () => look(query) },
          "Show its rows",
          element("span", { class: "visually-hidden" }, ` (${mart.name})`),
        ),
      );
    }),
  );
}
