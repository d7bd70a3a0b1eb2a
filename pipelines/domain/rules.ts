import { holds, type Predicate } from "./predicate.ts";
import { faultOfRuleFile } from "./rule-file.ts";
import { FAULT_KINDS, type FaultKind, REFUSED_RULE, type TelemetryField } from "./vocabulary.ts";

/** A check on one telemetry field. `detects` is the fault kind that it is there to find. */
export interface Rule {
  readonly id: string;
  readonly field: TelemetryField;
  readonly test: Predicate;
  readonly detects: FaultKind;
}

/** The rules in their order: for each field, the first that matches decides. */
export interface RuleSet {
  readonly name: string;
  readonly version: number;
  readonly rules: readonly Rule[];
}

/** A rule that a device breaks, with the value as it was received. */
export interface Finding {
  readonly rule: string;
  readonly field: TelemetryField;
  readonly raw: string | null;
}

/** Looks at one reported value; returns the rule that it breaks, if any. */
export type Evaluator = (raw: string | null) => Rule | undefined;

/** Prepares the rules about one field for many values: the first that holds decides. */
export function evaluator(ruleSet: RuleSet, field: TelemetryField): Evaluator {
  const rules = ruleSet.rules.filter((rule) => rule.field === field);
  return (raw) => rules.find(({ test }) => holds(test, raw));
}

/** Checks a rule set that came from a file. Returns it, or a sentence that says what is wrong. */
export function parseRuleSet(value: unknown): RuleSet | string {
  const fault = faultOfRuleFile<Rule>(value as RuleSet, "a rule set", ({ id, detects }) => {
    if (id === REFUSED_RULE) return `"id" ${REFUSED_RULE} is taken: it is what the server, not a rule, holds back`;
    return FAULT_KINDS.includes(detects) ? undefined : `"detects" must be one of ${FAULT_KINDS.join(", ")}`;
  });
  return fault ?? (value as RuleSet);
}
