import type { Answer } from "../answer.js";
import { count, list, moment, words } from "../format.js";
import type { Invariant } from "../rows.js";

/** Is it proved? */
export function validationAnswer(invariants: readonly Invariant[]): Answer {
  if (invariants.length === 0)
    return {
      headline: "Not proved: nothing was validated yet.",
      detail: "The promises of this page are checked by a stage of their own.",
    };
  const failed = invariants.filter((row) => !row.passed);
  const when = `Checked ${moment(invariants[0]?.checked_at)}, each by a query that anyone can run again.`;
  if (failed.length === 0) return { headline: `Yes: all ${count(invariants.length, "promise")} hold.`, detail: when };
  return {
    headline: `No: ${failed.length} of ${count(invariants.length, "promise")} ${failed.length === 1 ? "does" : "do"} not hold.`,
    detail: `Broken: ${list(failed.map((row) => words(row.check_name)))}. ${when}`,
  };
}
