import { element } from "./element.js";
import { words } from "./format.js";
import type { Invariant } from "./rows.js";

/** Each promise with its verdict, in words and by shape; the SQL that decided it below. */
export function invariantList(invariants: readonly Invariant[]): HTMLElement {
  return element("ol", { class: "invariants" }, invariants.map(item));
}

function item(row: Invariant): HTMLElement {
  return element(
    "li",
    { class: row.passed ? "passed" : "failed" },
    element(
      "div",
      { class: "verdict" },
      element("span", { "aria-hidden": "true" }, row.passed ? "✓ " : "✕ "),
      row.passed ? "PASS" : "FAIL",
    ),
    element(
      "div",
      { class: "promise" },
      element("h3", {}, row.promise),
      element(
        "p",
        { class: "expected" },
        element("span", { class: "check-name" }, words(row.check_name)),
        element("span", {}, "expected ", element("b", {}, row.expected ?? "nothing")),
        element("span", {}, "found ", element("b", {}, row.actual ?? "nothing")),
      ),
      element(
        "details",
        {},
        element("summary", {}, "SQL", element("span", { class: "visually-hidden" }, ` of ${words(row.check_name)}`)),
        element("pre", { class: "sql", tabindex: 0 }, element("code", {}, row.query)),
      ),
    ),
  );
}
