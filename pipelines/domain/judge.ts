import { firstMatch, type Policy } from "./policy.ts";
import { evaluator, type Finding, type Rule, type RuleSet } from "./rules.ts";
import { type ReportColumn, TELEMETRY_FIELDS, type TelemetryField } from "./vocabulary.ts";

/** What one reported value says: all that a decision on its device needs to know of it. */
export interface Verdict {
  readonly field: TelemetryField;
  readonly raw: string | null;
  /** The rule that the value breaks, if any. */
  readonly rule: Rule | undefined;
  /** Place of the first rule of the policy that it satisfies; beyond the last one where there is none. */
  readonly match: number;
}

/** Reported values in the order of the telemetry fields of the vocabulary. */
export type Values<T> = readonly [battery: T, signal: T, storage: T];

/**
 * Prepares the judging of each telemetry field. Every rule looks at one value, so what a value says can be kept and a device is decided by putting
 * three verdicts together. A field that the source does not report is no fault, and counts as absent for the policy.
 */
export function judges(
  rules: RuleSet,
  policy: Policy,
  reported: readonly ReportColumn[],
): Values<(raw: string | null) => Verdict> {
  const judgeOf = (field: TelemetryField) => {
    const find = evaluator(rules, field);
    if (reported.includes(field)) {
      return (raw: string | null): Verdict => ({ field, raw, rule: find(raw), match: firstMatch(policy, field, raw) });
    }
    const absent = { field, raw: null, rule: undefined, match: firstMatch(policy, field, null) };
    return (): Verdict => absent;
  };
  const [battery, signal, storage] = TELEMETRY_FIELDS;
  return [judgeOf(battery), judgeOf(signal), judgeOf(storage)];
}

/** What is found on a device, in the order of the vocabulary. A device with a finding is quarantined. */
export function findingsOf(verdicts: Values<Verdict>): Finding[] {
  return verdicts.flatMap(({ field, raw, rule }) => (rule ? [{ rule: rule.id, field, raw }] : []));
}

/** Place of the rule of the policy that decides a device without findings: the first that any of its values satisfies. */
export function placeOf([battery, signal, storage]: Values<Verdict>): number {
  return Math.min(battery.match, signal.match, storage.match);
}
