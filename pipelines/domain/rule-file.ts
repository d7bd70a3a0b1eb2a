import { isTelemetryField, parsePredicate } from "./predicate.ts";
import { TELEMETRY_FIELDS } from "./vocabulary.ts";

interface RuleLike {
  readonly id?: unknown;
  readonly field?: unknown;
  readonly test?: unknown;
}

/**
 * Checks what rule sets and policies have in common: name, version, and rules that each have an id of their own, a field and a
 * test. Returns a sentence that says what is wrong, or undefined.
 * @param own checks what else a rule of this kind has.
 */
export function faultOfRuleFile<R extends RuleLike>(
  value: { name?: unknown; version?: unknown; rules?: unknown } | null,
  what: string,
  own: (rule: R) => string | undefined,
): string | undefined {
  if (typeof value?.name !== "string" || !Number.isInteger(value.version) || !Array.isArray(value.rules)) {
    return `${what} needs "name", a whole "version" and a list "rules"`;
  }
  const seen = new Set<string>();
  for (const [index, rule] of (value.rules as (R | null)[]).entries()) {
    const fault = faultOfRule(rule, seen) ?? own(rule as R);
    if (fault !== undefined) return `rule ${index + 1}: ${fault}`;
  }
  return undefined;
}

function faultOfRule(rule: RuleLike | null, seen: Set<string>): string | undefined {
  if (typeof rule?.id !== "string" || !/^[a-z0-9_]+$/.test(rule.id)) return '"id" must be of a-z, 0-9 and _';
  if (seen.has(rule.id)) return `the id "${rule.id}" stands twice`;
  seen.add(rule.id);
  if (!isTelemetryField(rule.field)) return `"field" must be one of ${TELEMETRY_FIELDS.join(", ")}`;
  const test = parsePredicate(rule.test);
  return typeof test === "string" ? test : undefined;
}
