import { type Case, type Condition, casesOf } from "./condition.ts";
import { FIELD_ORDER, sourceOf } from "./judge.ts";
import { fateOf, type Policy } from "./policy.ts";
import {
  GARBLED_PATTERN,
  NUMBER_LENGTH,
  NUMBER_PATTERN,
  type Predicate,
  type PredicateKind,
  TIME_PATTERN,
} from "./predicate.ts";
import { decisive, type Rule, type RuleSet } from "./rules.ts";
import type { RuleField } from "./vocabulary.ts";

/** The two engines that run the rules as SQL. */
export type Dialect = "postgres" | "duckdb";

/** How a statement names a field of the report: a column of type text. */
export type ColumnOf = (field: RuleField) => string;

/** The relation that a stored field stands in: p, what the device is; o, what became of its update; else that of its own values. */
export function relationOf<Own extends string>(field: RuleField, own: Own): Own | "p" | "o" {
  const source = sourceOf(field);
  if (source === "profile_no") return "p";
  return source === "outcome_no" ? "o" : own;
}

/** A text as a literal of SQL. */
export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const literal = (value: number): string => `CAST('${value}' AS float8)`;
const numberIn = (column: string): string => `CAST(${column} AS float8)`;
const hasShape = (column: string, shapes: readonly string[]): string =>
  `translate(${column}, '123456789', '000000000') IN (${shapes.map(quote).join(", ")})`;

/** Whether all of a text is of the form. */
function matches(column: string, pattern: string, dialect: Dialect): string {
  return dialect === "postgres"
    ? `${column} ~ ${quote(pattern)}`
    : `regexp_matches(${column}, ${quote(duckdbPattern(pattern))})`;
}

/** A regular expression of JavaScript and PostgreSQL as DuckDB writes it. */
export const duckdbPattern = (pattern: string): string => pattern.replaceAll(/\\u([0-9a-f]{4})/g, "\\x{$1}");

/**
 * What a text is known to be, once the questions that a set of tests turns on have been asked: in a fleet their regular expressions cost more than
 * all that follows. `other` is neither of what was asked for.
 */
type Kind = "number" | "time" | "other";

/** The kinds that a test tells from others; a test that is not named here asks of every text the same. */
const TELLS: Readonly<Partial<Record<PredicateKind, Exclude<Kind, "other">>>> = {
  not_number: "number",
  equals: "number",
  above: "number",
  below: "number",
  outside: "number",
  inside: "number",
  not_time: "time",
  before: "time",
  after: "time",
};

/** Asks once what a text is, as far as the tests turn on it. Both engines evaluate the CAST behind the guard alone. */
function byKind(tests: readonly Predicate[], column: string, dialect: Dialect, sqlOf: (kind: Kind) => string): string {
  const told = new Set(tests.map(({ kind }) => TELLS[kind]));
  const other = sqlOf("other");
  const arms = (["time", "number"] as const).flatMap((kind) => {
    if (!told.has(kind)) return [];
    const is = kind === "number" ? isNumberSql(column, dialect) : isTimeSql(column, dialect);
    return sqlOf(kind) === other ? [] : [`WHEN ${is} THEN ${sqlOf(kind)}`];
  });
  return arms.length === 0 ? other : `CASE ${arms.join(" ")} ELSE ${other} END`;
}

/** As {@link TIME_PATTERN} has them, every digit a 0. */
const TIME_SHAPES = ["0000-00-00T00:00:00Z", "0000-00-00T00:00:00.000Z"];
/** Where digits of a time stand that not every digit may be, from 1, and the least that is too great: those of month, day, hour, minute, second. */
const TIME_BOUNDS = Object.entries({ 6: 2, 9: 4, 12: 3, 15: 6, 18: 6 });

/**
 * A SQL condition: whether a text counts as a time. PostgreSQL makes the states of a regular expression anew for every text that it reads, and here
 * each character needs one of its own: to compare costs it a third of that.
 */
function isTimeSql(column: string, dialect: Dialect): string {
  if (dialect === "duckdb") return matches(column, TIME_PATTERN, dialect);
  const bounds = TIME_BOUNDS.map(([at, least]) => `substr(${column}, ${at}, 1) COLLATE "C" < '${least}'`);
  return [hasShape(column, TIME_SHAPES), ...bounds].join(" AND ");
}

/** Numbers as nearly all devices write them, every digit a 0. From nine on PostgreSQL looks a text up among them by its hash. */
const NUMBER_SHAPES = "0 00 000 0000 00000 000000 0.0 00.0 000.0 0.00 00.00 000.00".split(" ");

/** A SQL condition: whether a text counts as a number. Its shape costs PostgreSQL two thirds of what the regular expression does. */
export function isNumberSql(column: string, dialect: Dialect): string {
  const counts = `length(${column}) <= ${NUMBER_LENGTH} AND ${matches(column, NUMBER_PATTERN, dialect)}`;
  return dialect === "duckdb" ? counts : `(${hasShape(column, NUMBER_SHAPES)} OR ${counts})`;
}

const there = (column: string): string => `${column} IS NOT NULL AND ${column} <> ''`;

/** The predicate for a column of which it is known what it holds: numbers and times are there, and of letters that anyone types. */
function ofKind(kind: Kind, predicate: Predicate, column: string, dialect: Dialect): string {
  const compared = (comparison: string): string => (kind === "number" ? `${numberIn(column)} ${comparison}` : "false");
  // Text in the order of its bytes, which both engines else only have where they were told so.
  const text = dialect === "postgres" ? `${column} COLLATE "C"` : column;
  const time = (comparison: string): string => (kind === "time" ? `${text} ${comparison}` : "false");
  const unless = (known: Kind): string => (kind === "other" ? `(${there(column)})` : String(kind !== known));
  const isKnown = kind === "other" ? `${column} IS NOT NULL AND ` : "";
  switch (predicate.kind) {
    case "any":
      return "true";
    case "missing":
      return kind === "other" ? `(${column} IS NULL OR ${column} = '')` : "false";
    case "not_number":
      return unless("number");
    case "equals":
      return compared(`= ${literal(predicate.value)}`);
    case "above":
      return compared(`> ${literal(predicate.value)}`);
    case "below":
      return compared(`< ${literal(predicate.value)}`);
    case "outside":
      return compared(`NOT BETWEEN ${literal(predicate.min)} AND ${literal(predicate.max)}`);
    case "inside":
      return compared(`BETWEEN ${literal(predicate.min)} AND ${literal(predicate.max)}`);
    case "one_of":
      return `(${isKnown}${column} IN (${predicate.values.map(quote).join(", ")}))`;
    case "not_one_of":
      return `(${isKnown}${column} NOT IN (${["", ...predicate.values].map(quote).join(", ")}))`;
    case "not_time":
      return unless("time");
    case "before":
      return time(`< ${quote(predicate.time)}`);
    case "after":
      return time(`> ${quote(predicate.time)}`);
    case "longer":
      if (kind !== "other" && predicate.value >= NUMBER_LENGTH) return "false";
      return `(${isKnown}length(${column}) > ${literal(Math.max(0, predicate.value))})`;
    case "garbled":
      return kind === "other" ? `(${isKnown}${matches(column, GARBLED_PATTERN, dialect)})` : "false";
  }
}

/** A SQL condition, never NULL, equal to {@link holds} for a text column. */
export function predicateSql(predicate: Predicate, column: string, dialect: Dialect): string {
  return byKind([predicate], column, dialect, (kind) => ofKind(kind, predicate, column, dialect));
}

const NOTHING = "CAST(NULL AS text)";

/** Stands for the id of a rule where one value alone does not tell: the others of the report must be asked. */
export const DEPENDS = "?";

/** One case of a rule, in an expression that asks about its field. */
type Arm = (one: Case, rule: Rule) => { readonly further: readonly string[]; readonly says: string };

/** A SQL expression: what the first of the rules, all about one field, that holds says; NULL where none does. */
function firstSql(rules: readonly Rule[], column: string, dialect: Dialect, arm: Arm): string {
  if (rules.length === 0) return NOTHING;
  const cases = rules.flatMap((rule) => casesOf(rule).map((one) => ({ test: one[0].test, ...arm(one, rule) })));
  const tests = cases.map(({ test }) => test);
  return byKind(tests, column, dialect, (kind) => {
    const arms = cases.flatMap(({ test, further, says }) => {
      const all = [ofKind(kind, test, column, dialect), ...further].filter((text) => text !== "true");
      return all.includes("false") ? [] : [`WHEN ${all.join(" AND ") || "true"} THEN ${quote(says)}`];
    });
    return arms.length === 0 ? NOTHING : `CASE ${arms.join(" ")} END`;
  });
}

/** Asks the whole report. */
function ruleSql(rules: readonly Rule[], columnOf: ColumnOf, dialect: Dialect): string {
  const column = columnOf(rules[0]?.field ?? "device_id");
  return firstSql(rules, column, dialect, ([, ...further], { id }) => ({
    further: further.map((one) => conditionSql(one, columnOf, dialect)),
    says: id,
  }));
}

/**
 * A SQL expression on a value of the field alone: the id of the first rule that it breaks, `?` where that depends on the rest of the report, or
 * NULL. A fleet reports few different values, so each can be asked once.
 */
export function valueFindingSql(ruleSet: RuleSet, field: RuleField, column: string, dialect: Dialect): string {
  const rules = about(decisive(ruleSet), field);
  return firstSql(rules, column, dialect, ([, ...further], { id }) => ({
    further: further.filter((one) => one.field === field).map((one) => predicateSql(one.test, column, dialect)),
    says: further.every((one) => one.field === field) ? id : DEPENDS,
  }));
}

const conditionSql = ({ field, test }: Condition, columnOf: ColumnOf, dialect: Dialect): string =>
  predicateSql(test, columnOf(field), dialect);

/** Those that compare texts stand before those that read them. */
const cheapFirst = (conditions: readonly Condition[]): readonly Condition[] =>
  conditions.toSorted((a, b) => Number(a.test.kind in TELLS) - Number(b.test.kind in TELLS));

const caseSql = (one: Case, columnOf: ColumnOf, dialect: Dialect): string =>
  cheapFirst(one)
    .map((condition) => conditionSql(condition, columnOf, dialect))
    .join(" AND ");

const about = (rules: readonly Rule[], field: RuleField): Rule[] => rules.filter((rule) => rule.field === field);

/** A SQL expression: the id of the first rule that the field breaks, among those that do more than warn, or NULL. */
export function findingSql(ruleSet: RuleSet, field: RuleField, columnOf: ColumnOf, dialect: Dialect): string {
  return ruleSql(about(decisive(ruleSet), field), columnOf, dialect);
}

/** The same, and where there is none, the first rule that warns. */
export function warningSql(ruleSet: RuleSet, field: RuleField, columnOf: ColumnOf, dialect: Dialect): string {
  const all = about(ruleSet.rules, field);
  const firm = about(decisive(ruleSet), field);
  return ruleSql([...firm, ...all.filter((rule) => !firm.includes(rule))], columnOf, dialect);
}

/** The fields that rules find fault with, in the order in which findings are told. */
export function faultFields(rules: readonly Rule[]): RuleField[] {
  return FIELD_ORDER.filter((field) => rules.some((rule) => rule.field === field));
}

/** The fields that rules ask about. */
export function askedFields(ruleSet: RuleSet): RuleField[] {
  const asked = new Set(
    decisive(ruleSet).flatMap((rule) =>
      casesOf(rule)
        .flat()
        .map(({ field }) => field),
    ),
  );
  return FIELD_ORDER.filter((field) => asked.has(field));
}

/** A SQL expression: the id of the policy rule that decides. */
export function policyRuleSql(policy: Policy, columnOf: ColumnOf, dialect: Dialect): string {
  const arms = policy.rules.flatMap((rule) =>
    casesOf(rule).map((one) => {
      const always = one.every(({ test }) => test.kind === "any");
      return `WHEN ${always ? "true" : caseSql(one, columnOf, dialect)} THEN ${quote(rule.id)}`;
    }),
  );
  return `CASE ${arms.join(" ")} END`;
}

/** A SQL expression: what the policy rule whose id is in a column does: its action, or its fate in a word. */
export function policyWordSql(policy: Policy, column: string, what: "action" | "fate"): string {
  const arms = policy.rules.map(
    (rule) => `WHEN ${quote(rule.id)} THEN ${quote(what === "action" ? rule.action : fateOf(rule))}`,
  );
  return `CASE ${column} ${arms.join(" ")} END`;
}

/** A SQL expression: a value as a number, NULL where it is none. */
export function numberSql(column: string, dialect: Dialect): string {
  return `CASE WHEN ${isNumberSql(column, dialect)} THEN ${numberIn(column)} END`;
}

/**
 * A SQL expression: the reported value as a number, NULL where a rule finds fault with it.
 * @param waived a column: the rule whose finding does not count.
 */
export function trustedNumberSql(
  ruleSet: RuleSet,
  field: RuleField,
  columnOf: ColumnOf,
  dialect: Dialect,
  waived?: string,
): string {
  return `CASE WHEN ${isTrusted(ruleSet, field, columnOf, dialect, waived)} THEN ${numberSql(columnOf(field), dialect)} END`;
}

/** A SQL expression: the reported value, text, where it counts as a time and no rule finds fault with it, else NULL. */
export function trustedTimeSql(
  ruleSet: RuleSet,
  field: RuleField,
  columnOf: ColumnOf,
  dialect: Dialect,
  waived?: string,
): string {
  const column = columnOf(field);
  const counts = isTrusted(ruleSet, field, columnOf, dialect, waived);
  return `CASE WHEN ${counts} AND ${isTimeSql(column, dialect)} THEN ${column} END`;
}

function isTrusted(
  ruleSet: RuleSet,
  field: RuleField,
  columnOf: ColumnOf,
  dialect: Dialect,
  waived: string | undefined,
): string {
  const found = findingSql(ruleSet, field, columnOf, dialect);
  return `${waived === undefined ? found : `nullif(${found}, ${waived})`} IS NULL`;
}
