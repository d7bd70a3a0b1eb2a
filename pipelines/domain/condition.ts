import { isStorable, type Predicate, parsePredicate } from "./predicate.ts";
import { RULE_FIELDS, type RuleField } from "./vocabulary.ts";

/** A test of one field of a report. */
export interface Condition {
  readonly field: RuleField;
  readonly test: Predicate;
}

/** What a rule and a line of a policy have in common: when they apply to a report. */
export interface Conditional extends Condition {
  readonly id: string;
  /** Further conditions, which must hold too. */
  readonly and?: readonly Condition[];
  /** By model other bounds of the test, for example {"TX-40": {"min": 3, "max": 4.3}}. */
  readonly by_model?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Conditions that hold together. The first is on the field that the rule is about. */
export type Case = readonly [Condition, ...Condition[]];

/** The cases of which one suffices: one, and one more for each model with bounds of its own. */
export function casesOf({ field, test, and: further = [], by_model = {} }: Conditional): Case[] {
  const and = further.map((one): Condition => ({ field: one.field, test: one.test }));
  const models = Object.keys(by_model);
  if (models.length === 0) return [[{ field, test }, ...and]];
  const isModel = (kind: "one_of" | "not_one_of", values: readonly string[]): Condition => ({
    field: "model",
    test: { kind, values },
  });
  const own = models.map((model): Case => {
    const bounds = { ...test, ...by_model[model] } as Predicate;
    return [{ field, test: bounds }, isModel("one_of", [model]), ...and];
  });
  const absent: Condition = { field: "model", test: { kind: "missing" } };
  return [...own, [{ field, test }, isModel("not_one_of", models), ...and], [{ field, test }, absent, ...and]];
}

/** Something wrong with data from a file: where it is in the file, and what to write there. */
export class Misfit extends Error {
  /** Names and places that lead to it, for example ["rules", 3, "test"]. */
  readonly at: readonly (string | number)[];

  constructor(at: readonly (string | number)[], what: string) {
    super(what);
    this.at = at;
  }
}

type Path = readonly (string | number)[];

/** Refuses a key that means nothing: a bound misspelt would be no bound. @throws Misfit */
export function refuseStrangers(value: object, known: readonly string[], at: Path): void {
  for (const key of Object.keys(value))
    if (!known.includes(key)) throw new Misfit([...at, key], `there is no "${key}"; use ${known.join(", ")}`);
}

/** Checks id and conditions of a rule or of a line of a policy. @throws Misfit */
export function checkConditional(value: unknown, at: Path): asserts value is Conditional {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Misfit(at, "write an object here");
  const { id, and, by_model: byModel } = value as Partial<Record<keyof Conditional, unknown>>;
  if (typeof id !== "string" || !/^[a-z0-9_]+$/.test(id))
    throw new Misfit([...at, "id"], '"id" must be of a-z, 0-9 and _');
  checkCondition(value, at);
  if (and !== undefined) checkFurther(and, [...at, "and"]);
  if (byModel !== undefined) checkByModel(byModel, value.test, [...at, "by_model"]);
}

function checkFurther(value: unknown, at: Path): void {
  if (!Array.isArray(value)) throw new Misfit(at, '"and" must be a list of {"field", "test"}');
  for (const [no, condition] of value.entries()) {
    if (typeof condition !== "object" || condition === null)
      throw new Misfit([...at, no], 'write {"field", "test"} here');
    refuseStrangers(condition, ["field", "test"], [...at, no]);
    checkCondition(condition, [...at, no]);
  }
}

function checkByModel(value: unknown, test: Predicate, at: Path): void {
  if (typeof value !== "object" || value === null || Array.isArray(value) || Object.keys(value).length === 0)
    throw new Misfit(at, '"by_model" must name models with their bounds, as {"TX-40": {"max": 4.3}}');
  for (const [model, bounds] of Object.entries(value)) {
    if (model === "") throw new Misfit([...at, model], "name a model; devices without one have the general bounds");
    if (!isStorable(model)) throw new Misfit([...at, model], "no device can report a model with such characters");
    const whole = typeof bounds === "object" && bounds !== null ? parsePredicate({ ...test, ...bounds }) : "no bounds";
    if (typeof whole === "string") throw new Misfit([...at, model], `the bounds of ${model}: ${whole}`);
  }
}

/** Checks field and test. @throws Misfit */
export function checkCondition(value: object, at: Path): asserts value is Condition {
  const { field, test } = value as Partial<Condition>;
  if (!(RULE_FIELDS as readonly unknown[]).includes(field))
    throw new Misfit([...at, "field"], `"field" must be one of ${RULE_FIELDS.join(", ")}`);
  const parsed = parsePredicate(test);
  if (typeof parsed === "string") throw new Misfit([...at, "test"], parsed);
}

/**
 * Checks what rule sets and policies have in common: name, version, and rules that each have an id of their own and conditions.
 * @param own checks what else a rule of this kind has.
 * @throws Misfit
 */
export function checkRuleFile<R extends Conditional>(
  value: unknown,
  what: string,
  known: readonly string[],
  own: (rule: R, at: Path) => void,
): asserts value is { name: string; version: number; rules: readonly R[] } {
  const { name, version, rules } = (value ?? {}) as { name?: unknown; version?: unknown; rules?: unknown };
  if (typeof name !== "string" || !isStorable(name) || !Number.isInteger(version) || !Array.isArray(rules))
    throw new Misfit([], `${what} needs "name", a whole "version" and a list "rules"`);
  refuseStrangers(value as object, ["name", "version", "rules"], []);
  const seen = new Set<string>();
  for (const [no, rule] of rules.entries()) {
    const at = ["rules", no];
    checkConditional(rule, at);
    refuseStrangers(rule, ["id", "field", "test", "and", "by_model", ...known], at);
    if (seen.has(rule.id)) throw new Misfit([...at, "id"], `the id "${rule.id}" stands twice`);
    seen.add(rule.id);
    own(rule as R, at);
  }
}
