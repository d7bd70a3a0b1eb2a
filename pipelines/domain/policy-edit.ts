import type { Condition } from "./condition.ts";
import { type Backoff, type Fate, fateOf, type Policy, type PolicyRule, parsePolicy } from "./policy.ts";
import { WHAT_IF_NUMBERS, type WhatIfNumber } from "./what-if.ts";

/** Something about a policy that can be changed, under a name that stands for it in an address. */
export type Knob = {
  readonly key: string;
  /** The line that it belongs to. */
  readonly rule: string;
} & (
  | {
      readonly kind: "threshold";
      readonly field: WhatIfNumber;
      readonly test: "above" | "below";
      readonly value: number;
    }
  | { readonly kind: "fate"; readonly value: Fate }
  | { readonly kind: "line" }
  | { readonly kind: "code"; readonly code: string }
);

/** What was changed, by the key of its knob: a number, a fate, or "off". */
export type Edits = Readonly<Record<string, string>>;

export const OFF = "off";
export const FATES = ["retry", "defer", "rollback", "never"] as const satisfies readonly Fate[];

/** Where a line gives no time to wait. */
const USUAL_BACKOFF: Backoff = { base_minutes: 60, cap_minutes: 1440 };

/** What can be changed, line by line. Of a list of error codes single ones can be left out; the last line always stands. */
export function knobsOf({ rules }: Policy): Knob[] {
  return rules.flatMap((rule, no): Knob[] => [
    ...(no < rules.length - 1 ? [{ key: `${rule.id}.line`, rule: rule.id, kind: "line" } as const] : []),
    { key: `${rule.id}.fate`, rule: rule.id, kind: "fate", value: fateOf(rule) },
    ...conditionsOf(rule).flatMap((condition, at) => knobsOn(rule, condition, at)),
  ]);
}

const conditionsOf = ({ field, test, and = [] }: PolicyRule): readonly Condition[] => [{ field, test }, ...and];

function knobsOn({ id, by_model }: PolicyRule, { field, test }: Condition, at: number): Knob[] {
  if (field === "error_code" && test.kind === "one_of")
    return test.values.map((code) => ({ key: `${id}.${at}.${code}`, rule: id, kind: "code", code }));
  const number = WHAT_IF_NUMBERS.find((name) => name === field);
  // With bounds by model, the one that is written is not the one that counts.
  if (!number || by_model || (test.kind !== "above" && test.kind !== "below")) return [];
  return [{ key: `${id}.${at}`, rule: id, kind: "threshold", field: number, test: test.kind, value: test.value }];
}

/** The policy with changes made. One that means nothing to it is left out: addresses outlive policies. */
export function edited(policy: Policy, edits: Edits): Policy {
  const rules = policy.rules.flatMap((rule, no): PolicyRule[] => {
    const isLast = no === policy.rules.length - 1;
    if (edits[`${rule.id}.line`] === OFF && !isLast) return [];
    const conditions = conditionsOf(rule).map((one, at) => editedCondition(rule, one, at, edits));
    if (conditions.some((one) => one === undefined)) return [];
    const [first, ...and] = conditions as [Condition, ...Condition[]];
    const changed = { ...rule, ...first, ...(and.length > 0 ? { and } : {}) };
    return [withFate(changed, edits[`${rule.id}.fate`])];
  });
  return parsePolicy({ ...policy, rules });
}

/** Undefined where nothing is left that could satisfy it. */
function editedCondition(
  rule: PolicyRule,
  { field, test }: Condition,
  at: number,
  edits: Edits,
): Condition | undefined {
  if (field === "error_code" && test.kind === "one_of") {
    const values = test.values.filter((code) => edits[`${rule.id}.${at}.${code}`] !== OFF);
    return values.length === 0 ? undefined : { field, test: { ...test, values } };
  }
  const asked = edits[`${rule.id}.${at}`];
  const isMovable = knobsOn(rule, { field, test }, at).length > 0;
  if (asked === undefined || !isMovable || !Number.isFinite(Number(asked)) || asked.trim() === "")
    return { field, test };
  return { field, test: { ...test, value: Number(asked) } as Condition["test"] };
}

function withFate(rule: PolicyRule, asked: string | undefined): PolicyRule {
  const fate = FATES.find((known) => known === asked);
  if (!fate || fate === fateOf(rule)) return rule;
  const { action: _, backoff, free, final: __, ...rest } = rule;
  if (fate === "rollback" || fate === "never")
    return { ...rest, action: "FORCE_ROLLBACK", ...(fate === "never" ? { final: true } : {}) };
  const waits = fate === "defer" ? { backoff: backoff ?? USUAL_BACKOFF } : {};
  return { ...rest, action: "RETRY_UPDATE", ...waits, ...(free === undefined ? {} : { free }) };
}
