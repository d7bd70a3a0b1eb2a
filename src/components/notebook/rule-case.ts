import type { Answer } from "../answer.js";
import { count, percent, range, whole, words } from "../format.js";
import { sumOf } from "../group.js";
import type { IntervalRow } from "../interval-chart.js";
import type { ChaosSummary } from "../rows.js";
import type { RuleFinding } from "./rows.js";

/** Fewer findings than this leave a precision that says little. */
const FEW = 30;

export const ruleIntervals = (rules: readonly RuleFinding[]): IntervalRow[] =>
  rules
    .filter((row) => row.findings > 0)
    .map((row) => ({
      label: words(row.rule_id),
      n: row.findings,
      rate: row.precision,
      rate_low: row.precision_low,
      rate_high: row.precision_high,
      color: row.injected < row.findings ? "var(--worse)" : undefined,
    }));

/** Which rule finds most, and is it right? Right is what the ledger of injected faults says; without one nobody knows. */
export function ruleAnswer(rules: readonly RuleFinding[], chaos: ChaosSummary | undefined): Answer {
  const [most] = rules;
  const all = sumOf(rules, (row) => row.findings);
  if (!most || all === 0)
    return {
      headline: "There is no finding: no rule finds fault with any report.",
      detail: `${count(rules.length, "rule")} looked. A fleet with faults: npm run pipeline -- --fault-rate 0.015`,
    };
  const share = `${whole(most.findings)} of ${whole(all)} findings`;
  const name = words(most.rule_id);
  if (!chaos || chaos.faults === 0)
    return {
      headline: `The rule "${name}" finds most, ${share}; whether it is right, this campaign cannot say.`,
      detail:
        "Nothing was injected, so there is no ledger to hold a finding against: each may be a fault of the device or of the rule.",
    };
  const right = `${whole(most.injected)} of its ${whole(most.findings)} findings are on fields that were corrupted (${percent(most.precision)}, 95% interval ${range(most.precision_low, most.precision_high)})`;
  const few = most.findings < FEW ? ` Fewer than ${FEW} findings leave that interval wide.` : "";
  const wrong = rules.filter((row) => row.injected < row.findings);
  return {
    headline: `The rule "${name}" finds most, ${share}, and ${most.injected === most.findings ? "each of them was put there" : "not all of them were put there"}.`,
    detail: `${right}.${few} ${
      wrong.length === 0
        ? "No rule raised a false alarm."
        : `${count(wrong.length, "rule")} raised ${count(all - sumOf(rules, (row) => row.injected), "false alarm")} in all.`
    }`,
  };
}
