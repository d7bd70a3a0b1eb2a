import type { Policy } from "./policy.ts";
import { NUMBER_LENGTH, NUMBER_PATTERN, type Predicate } from "./predicate.ts";
import type { RuleSet } from "./rules.ts";
import type { TelemetryField } from "./vocabulary.ts";

/** The two engines that run the rules as SQL. */
export type Dialect = "postgres" | "duckdb";

/**
 * Asks once whether a text is a number and goes on with what then is known: in a fleet the regular expression costs more than all that
 * follows. Both engines evaluate the CAST behind the guard alone.
 */
function byKind(column: string, dialect: Dialect, number: string, other: string): string {
  const matches =
    dialect === "postgres"
      ? `${column} ~ ${quote(NUMBER_PATTERN)}`
      : `regexp_full_match(${column}, ${quote(NUMBER_PATTERN)})`;
  return `CASE WHEN length(${column}) <= ${NUMBER_LENGTH} AND ${matches} THEN ${number} ELSE ${other} END`;
}

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const literal = (value: number): string => `CAST('${value}' AS double precision)`;
const numberIn = (column: string): string => `CAST(${column} AS double precision)`;

/** The predicate for a column that holds a number. */
function ofNumber(predicate: Predicate, column: string): string {
  const value = numberIn(column);
  switch (predicate.kind) {
    case "any":
      return "true";
    case "missing":
    case "not_number":
      return "false";
    case "equals":
      return `${value} = ${literal(predicate.value)}`;
    case "above":
      return `${value} > ${literal(predicate.value)}`;
    case "outside":
      return `${value} NOT BETWEEN ${literal(predicate.min)} AND ${literal(predicate.max)}`;
  }
}

/** The predicate for a column that holds none. */
function ofOther(predicate: Predicate, column: string): string {
  switch (predicate.kind) {
    case "any":
      return "true";
    case "missing":
      return `(${column} IS NULL OR ${column} = '')`;
    case "not_number":
      return `(${column} IS NOT NULL AND ${column} <> '')`;
    case "equals":
    case "above":
    case "outside":
      return "false";
  }
}

/** A SQL condition, never NULL, equal to {@link holds} for a text column. */
export function predicateSql(predicate: Predicate, column: string, dialect: Dialect): string {
  return byKind(column, dialect, ofNumber(predicate, column), ofOther(predicate, column));
}

const NOTHING = "CAST(NULL AS text)";

/** A SQL expression: the id of the first rule that the field breaks, or NULL. `column` names the field's text column. */
export function findingSql(ruleSet: RuleSet, field: TelemetryField, column: string, dialect: Dialect): string {
  const rules = ruleSet.rules.filter((rule) => rule.field === field);
  if (rules.length === 0) return NOTHING;
  const first = (holds: typeof ofNumber): string =>
    `CASE ${rules.map(({ id, test }) => `WHEN ${holds(test, column)} THEN ${quote(id)}`).join(" ")} END`;
  return byKind(column, dialect, first(ofNumber), first(ofOther));
}

/** A SQL expression: the id of the policy rule that decides. `alias` names the relation that has the telemetry columns. */
export function policyRuleSql(policy: Policy, alias: string, dialect: Dialect): string {
  const arms = policy.rules.map(({ id, test, field }) => {
    const always = test.kind === "any";
    return `WHEN ${always ? "true" : predicateSql(test, `${alias}.${field}`, dialect)} THEN ${quote(id)}`;
  });
  return `CASE ${arms.join(" ")} END`;
}

/** A SQL expression: the telemetry value as a number, NULL where a rule finds fault with it. */
export function trustedNumberSql(ruleSet: RuleSet, field: TelemetryField, column: string, dialect: Dialect): string {
  const broken = ruleSet.rules.filter((rule) => rule.field === field).map(({ test }) => ofNumber(test, column));
  const sound = broken.length === 0 ? "true" : `NOT (${broken.join(" OR ")})`;
  return byKind(column, dialect, `CASE WHEN ${sound} THEN ${numberIn(column)} END`, "NULL");
}
