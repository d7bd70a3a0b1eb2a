import { element } from "./element.js";
import type { ErrorCode } from "./error-rows.js";
import { errorName } from "./error-words.js";
import { count, percent, range } from "./format.js";

/** Codes beyond these are in the table. */
export const MOST_CODES = 16;

/** Error codes by how many updates they stopped: what each means, its share with its interval, and what all down to it come to. */
export function errorPareto(rows: readonly ErrorCode[]): HTMLElement {
  const most = Math.max(...rows.map((row) => row.share_high));
  return element(
    "ol",
    { class: "pareto" },
    rows
      .slice(0, MOST_CODES)
      .map((row) =>
        element(
          "li",
          {},
          element(
            "div",
            { class: "pareto-head" },
            element("span", { class: "pareto-name" }, errorName(row.error_code)),
            row.look_at
              ? element("span", { class: "look-at" }, `look at: ${row.look_at.replace(", ", ", then ")}`)
              : null,
          ),
          element("p", { class: "pareto-meaning" }, meaningOf(row)),
          bar(row, most),
          element(
            "p",
            { class: "pareto-share" },
            element("b", {}, percent(row.share)),
            ` (${range(row.share_low, row.share_high)}), n ${count(row.failures, "device")}`,
            element("span", { class: "so-far" }, `${percent(row.cumulative_share)} so far`),
          ),
        ),
      ),
  );
}

function meaningOf({ error_code, meaning, source }: ErrorCode): string {
  if (meaning !== null) return `${meaning.split("; ").map(followed).join("; or ")}. Source: ${source}.`;
  return error_code === "(none)" ? "Failed, and did not say why." : "The reference does not know this code.";
}

/** A sentence as it stands behind another one: small at the start, unless that is an abbreviation. */
const followed = (sentence: string, no: number): string =>
  no > 0 && /^[A-Z][a-z ]/.test(sentence) ? sentence.charAt(0).toLowerCase() + sentence.slice(1) : sentence;

/** From zero; the thin line is the interval. */
function bar({ share, share_low, share_high }: ErrorCode, most: number): HTMLElement {
  const at = (value: number): string => `${((100 * value) / most).toFixed(2)}%`;
  return element(
    "div",
    { class: "pareto-bar", "aria-hidden": "true" },
    element("span", { class: "bar", style: `width:${at(share)}` }),
    element("span", { class: "whisker", style: `left:${at(share_low)};width:${at(share_high - share_low)}` }),
  );
}
