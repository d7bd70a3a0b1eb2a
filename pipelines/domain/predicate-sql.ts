import { type Case, type Condition, casesOf } from "./condition.ts";
import { FIELD_ORDER, sourceOf } from "./judge.ts";
import { fateOf, type Policy } from "./policy.ts";
import { GARBLED_PATTERN, NUMBER_LENGTH, NUMBER_PATTERN, type Predicate, TIME_PATTERN } from "./predicate.ts";
import { decisive, type Rule, type RuleSet } from "./rules.ts";
import type { RuleField, TelemetryField } from "./vocabulary.ts";

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
const literal = (value: number): string => `CAST('${value}' AS double precision)`;
const numberIn = (column: string): string => `CAST(${column} AS double precision)`;

/** Whether all of a text is of the form. */
function matches(column: string, pattern: string, dialect: Dialect): string {
  return dialect === "postgres"
    ? `${column} ~ ${quote(pattern)}`
    : `regexp_matches(${column}, ${quote(duckdbPattern(pattern))})`;
}

/** A regular expression of JavaScript and PostgreSQL as DuckDB writes it. */
export const duckdbPattern = (pattern: string): string => pattern.replaceAll(/\\u([0-9a-f]{4})/g, "\\x{$1}");

/**
 * Asks once whether a text is a number and goes on with what then is known: in a fleet the regular expression costs more than all that
 * follows. Both engines evaluate the CAST behind the guard alone.
 */
function byKind(column: string, dialect: Dialect, number: string, other: string): string {
  if (number === other) return number;
  return `CASE WHEN ${isNumberSql(column, dialect)} THEN ${number} ELSE ${other} END`;
}

/** A SQL condition: whether a text counts as a number. */
export function isNumberSql(column: string, dialect: Dialect): string {
  return `length(${column}) <= ${NUMBER_LENGTH} AND ${matches(column, NUMBER_PATTERN, dialect)}`;
}

const there = (column: string): string => `${column} IS NOT NULL AND ${column} <> ''`;

/** The predicate for a column of which it is known whether it holds a number. */
function ofKind(isNumber: boolean, predicate: Predicate, column: string, dialect: Dialect): string {
  const value = numberIn(column);
  const compared = (comparison: string): string => (isNumber ? `${value} ${comparison}` : "false");
  // Text in the order of its bytes, which both engines else only have where they were told so.
  const text = dialect === "postgres" ? `${column} COLLATE "C"` : column;
  const time = (comparison: string): string =>
    isNumber ? "false" : `(${there(column)} AND ${matches(column, TIME_PATTERN, dialect)} AND ${text} ${comparison})`;
  switch (predicate.kind) {
    case "any":
      return "true";
    case "missing":
      return isNumber ? "false" : `(${column} IS NULL OR ${column} = '')`;
    case "not_number":
      return isNumber ? "false" : `(${there(column)})`;
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
    case "not_one_of": {
      const not = predicate.kind === "one_of" ? "" : "NOT ";
      return `(${there(column)} AND ${column} ${not}IN (${predicate.values.map(quote).join(", ")}))`;
    }
    case "not_time":
      return isNumber ? "true" : `(${there(column)} AND NOT ${matches(column, TIME_PATTERN, dialect)})`;
    case "before":
      return time(`< ${quote(predicate.time)}`);
    case "after":
      return time(`> ${quote(predicate.time)}`);
    case "longer":
      return `(${there(column)} AND length(${column}) > ${literal(predicate.value)})`;
    case "garbled":
      return isNumber ? "false" : `(${there(column)} AND ${matches(column, GARBLED_PATTERN, dialect)})`;
  }
}

/** A SQL condition, never NULL, equal to {@link holds} for a text column. */
export function predicateSql(predicate: Predicate, column: string, dialect: Dialect): string {
  const [number, other] = [true, false].map((isNumber) => ofKind(isNumber, predicate, column, dialect));
  return byKind(column, dialect, number as string, other as string);
}

const NOTHING = "CAST(NULL AS text)";

/** Stands for the id of a rule where one value alone does not tell: the others of the report must be asked. */
export const DEPENDS = "?";

/** One case of a rule, in an expression that asks about its field. */
type Arm = (one: Case, rule: Rule) => { readonly further: readonly string[]; readonly says: string };

/** A SQL expression: what the first of the rules, all about one field, that holds says; NULL where none does. */
function firstSql(rules: readonly Rule[], column: string, dialect: Dialect, arm: Arm): string {
  if (rules.length === 0) return NOTHING;
  const [number, other] = [true, false].map((isNumber) => {
    const arms = rules.flatMap((rule) =>
      casesOf(rule).map((one) => {
        const { further, says } = arm(one, rule);
        const all = [ofKind(isNumber, one[0].test, column, dialect), ...further].filter((text) => text !== "true");
        return all.includes("false") ? "" : `WHEN ${all.join(" AND ") || "true"} THEN ${quote(says)}`;
      }),
    );
    const some = arms.filter((text) => text !== "");
    return some.length === 0 ? NOTHING : `CASE ${some.join(" ")} END`;
  });
  return byKind(column, dialect, number as string, other as string);
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

const caseSql = (one: Case, columnOf: ColumnOf, dialect: Dialect): string =>
  one.map((condition) => conditionSql(condition, columnOf, dialect)).join(" AND ");

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
  return byKind(column, dialect, numberIn(column), "NULL");
}

/**
 * A SQL expression: the telemetry value as a number, NULL where a rule finds fault with it.
 * @param waived a column: the rule whose finding does not count.
 */
export function trustedNumberSql(
  ruleSet: RuleSet,
  field: TelemetryField,
  columnOf: ColumnOf,
  dialect: Dialect,
  waived?: string,
): string {
  const found = findingSql(ruleSet, field, columnOf, dialect);
  const counts = waived === undefined ? found : `nullif(${found}, ${waived})`;
  return `CASE WHEN ${counts} IS NULL THEN ${numberSql(columnOf(field), dialect)} END`;
}
