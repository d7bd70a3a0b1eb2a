import { holds, isPolicyAction, isTelemetryField, type Predicate, parsePredicate } from "./predicate.ts";
import type { Telemetry } from "./rules.ts";
import { POLICY_ACTIONS, type PolicyAction, TELEMETRY_FIELDS, type TelemetryField } from "./vocabulary.ts";

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

/** The first rule of the policy that matches the device. */
export function decide(policy: Policy, telemetry: Telemetry): PolicyRule {
  for (const rule of policy.rules) {
    if (holds(rule.test, telemetry[rule.field] ?? null)) return rule;
  }
  throw new Error(`policy ${policy.name} has no rule that always matches`);
}

/** Checks a policy that came from a file. Returns it, or a sentence that says what is wrong. */
export function parsePolicy(value: unknown): Policy | string {
  const policy = value as Partial<Policy> | null;
  if (typeof policy?.name !== "string" || !Number.isInteger(policy.version) || !Array.isArray(policy.rules)) {
    return 'a policy needs "name", a whole "version" and a list "rules"';
  }
  const seen = new Set<string>();
  for (const [index, rule] of policy.rules.entries()) {
    const place = `rule ${index + 1}`;
    if (typeof rule?.id !== "string" || !/^[a-z0-9_]+$/.test(rule.id))
      return `${place}: "id" must be of a-z, 0-9 and _`;
    if (seen.has(rule.id)) return `${place}: the id "${rule.id}" stands twice`;
    seen.add(rule.id);
    if (!isTelemetryField(rule.field)) return `${place}: "field" must be one of ${TELEMETRY_FIELDS.join(", ")}`;
    if (!isPolicyAction(rule.action)) return `${place}: "action" must be one of ${POLICY_ACTIONS.join(", ")}`;
    const test = parsePredicate(rule.test);
    if (typeof test === "string") return `${place}: ${test}`;
  }
  if (policy.rules.at(-1)?.test.kind !== "any")
    return 'the last rule must always match: give it the test {"kind": "any"}';
  return policy as Policy;
}
