import { POLICY_ACTIONS, type PolicyAction, TELEMETRY_FIELDS, type TelemetryField } from "./vocabulary.ts";

/**
 * A test of one reported value, which is text or absent. The set is closed: each kind has one evaluator here and one
 * translation to SQL in `predicate-sql.ts`, and a test runs both over the same hostile values.
 */
export type Predicate =
  | { readonly kind: "missing" }
  | { readonly kind: "not_number" }
  | { readonly kind: "equals"; readonly value: number }
  | { readonly kind: "above"; readonly value: number }
  | { readonly kind: "outside"; readonly min: number; readonly max: number }
  | { readonly kind: "any" };

/**
 * What counts as a number: a decimal of at most 64 characters with a two-digit exponent. Narrower than any parser behind it, so
 * that JavaScript, PostgreSQL and DuckDB read the same double and none of them overflows. (Bounded repetition such as {1,30}
 * says the same and costs PostgreSQL's regular expressions many times as much.)
 */
export const NUMBER_PATTERN = "^-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9][0-9]?)?$";
export const NUMBER_LENGTH = 64;
const NUMBER = new RegExp(NUMBER_PATTERN);

function isNumber(raw: string): boolean {
  return raw.length <= NUMBER_LENGTH && NUMBER.test(raw);
}

/** Reads a reported value as a number; NaN where it is absent or not one. */
export function readNumber(raw: string | null): number {
  return raw !== null && isNumber(raw) ? Number(raw) : Number.NaN;
}

/** Whether the value satisfies the predicate. Comparisons are false for what is not a number. */
export function holds(predicate: Predicate, raw: string | null): boolean {
  switch (predicate.kind) {
    case "any":
      return true;
    case "missing":
      return raw === null || raw === "";
    case "not_number":
      return raw !== null && raw !== "" && !isNumber(raw);
    case "equals":
      return readNumber(raw) === predicate.value;
    case "above":
      return readNumber(raw) > predicate.value;
    case "outside": {
      const value = readNumber(raw);
      return value < predicate.min || value > predicate.max;
    }
  }
}

/** Checks data from outside against the closed set. Returns the predicate, or a sentence that says what is wrong. */
export function parsePredicate(value: unknown): Predicate | string {
  if (typeof value !== "object" || value === null || !("kind" in value)) return "a test needs a kind";
  const { kind, ...rest } = value as { kind: unknown; [key: string]: unknown };
  const needs = { missing: [], not_number: [], any: [], equals: ["value"], above: ["value"], outside: ["min", "max"] };
  const keys = Object.hasOwn(needs, String(kind)) && (needs as Record<string, string[]>)[String(kind)];
  if (!keys) return `unknown kind "${String(kind)}"; use one of ${Object.keys(needs).join(", ")}`;
  for (const key of keys) if (!Number.isFinite(rest[key])) return `kind "${String(kind)}" needs a number "${key}"`;
  for (const key of Object.keys(rest)) if (!keys.includes(key)) return `kind "${String(kind)}" takes no "${key}"`;
  return value as Predicate;
}

/** Whether a word names a telemetry field. */
export function isTelemetryField(word: unknown): word is TelemetryField {
  return (TELEMETRY_FIELDS as readonly unknown[]).includes(word);
}

/** Whether a word names an action that a policy may choose. */
export function isPolicyAction(word: unknown): word is PolicyAction {
  return (POLICY_ACTIONS as readonly unknown[]).includes(word);
}
