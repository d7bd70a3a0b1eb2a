import { holds, isPolicyAction, type Predicate } from "./predicate.ts";
import { faultOfRuleFile } from "./rule-file.ts";
import { POLICY_ACTIONS, type PolicyAction, type TelemetryField } from "./vocabulary.ts";

/** One line of a policy: when the field passes the test, take the action. */
export interface PolicyRule {
  readonly id: string;
  readonly field: TelemetryField;
  readonly test: Predicate;
  readonly action: PolicyAction;
}

/** The ordered rules that choose an action for a device without findings. The last one always matches. */
export interface Policy {
  readonly name: string;
  readonly version: number;
  readonly rules: readonly PolicyRule[];
}

/** Place of the first rule about a field that a value of it satisfies; beyond the last rule where none does. */
export function firstMatch({ rules }: Policy, field: TelemetryField, raw: string | null): number {
  const at = rules.findIndex((rule) => rule.field === field && holds(rule.test, raw));
  return at < 0 ? rules.length : at;
}

/** Checks a policy that came from a file. Returns it, or a sentence that says what is wrong. */
export function parsePolicy(value: unknown): Policy | string {
  const policy = value as Policy;
  const fault = faultOfRuleFile<PolicyRule>(policy, "a policy", ({ action }) =>
    isPolicyAction(action) ? undefined : `"action" must be one of ${POLICY_ACTIONS.join(", ")}`,
  );
  if (fault !== undefined) return fault;
  if (policy.rules.at(-1)?.test.kind !== "any")
    return 'the last rule must always match: give it the test {"kind": "any"}';
  return policy;
}
