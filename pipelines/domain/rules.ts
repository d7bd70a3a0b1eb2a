import { holds, type Predicate } from "./predicate.ts";
import { faultOfRuleFile } from "./rule-file.ts";
import { FAULT_KINDS, type FaultKind, TELEMETRY_FIELDS, type TelemetryField } from "./vocabulary.ts";

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

/** Reported values by telemetry field. A field that the source does not have at all is absent, which is no fault. */
export type Telemetry = { readonly [field in TelemetryField]?: string | null };

/** Looks at every field that the source reports, in the order of the vocabulary, and returns what it found. */
export type Evaluator = (telemetry: Telemetry) => Finding[];

/** Prepares a rule set for many devices. */
export function evaluator(ruleSet: RuleSet): Evaluator {
  const byField = TELEMETRY_FIELDS.map((field) => ({
    field,
    rules: ruleSet.rules.filter((rule) => rule.field === field),
  }));
  return (telemetry) => {
    const findings: Finding[] = [];
    for (const { field, rules } of byField) {
      const raw = telemetry[field];
      if (raw === undefined) continue;
      for (const rule of rules) {
        if (!holds(rule.test, raw)) continue;
        findings.push({ rule: rule.id, field, raw });
        break;
      }
    }
    return findings;
  };
}

/** Checks a rule set that came from a file. Returns it, or a sentence that says what is wrong. */
export function parseRuleSet(value: unknown): RuleSet | string {
  const fault = faultOfRuleFile<Rule>(value as RuleSet, "a rule set", ({ detects }) =>
    FAULT_KINDS.includes(detects) ? undefined : `"detects" must be one of ${FAULT_KINDS.join(", ")}`,
  );
  return fault ?? (value as RuleSet);
}
