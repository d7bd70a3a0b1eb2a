import type { Policy } from "./policy.ts";
import { NUMBER_LENGTH, NUMBER_PATTERN, type Predicate } from "./predicate.ts";
import type { RuleSet } from "./rules.ts";
import type { TelemetryField } from "./vocabulary.ts";

/** The two engines that run the rules as SQL. */
export type Dialect = "postgres" | "duckdb";

const isNumber = (column: string, dialect: Dialect): string => {
  const matches =
    dialect === "postgres"
      ? `${column} ~ ${quote(NUMBER_PATTERN)}`
      : `regexp_full_match(${column}, ${quote(NUMBER_PATTERN)})`;
  return `(length(${column}) <= ${NUMBER_LENGTH} AND ${matches})`;
};

/** A number only where the value is one; PostgreSQL and DuckDB evaluate the CAST behind the guard alone. */
const number = (column: string, dialect: Dialect): string =>
  `CASE WHEN ${isNumber(column, dialect)} THEN CAST(${column} AS double precision) END`;

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const literal = (value: number): string => `CAST('${value}' AS double precision)`;

/** A SQL condition, never NULL, equal to {@link holds} for a text column. */
export function predicateSql(predicate: Predicate, column: string, dialect: Dialect): string {
  const value = number(column, dialect);
  switch (predicate.kind) {
    case "any":
      return "true";
    case "missing":
      return `(${column} IS NULL OR ${column} = '')`;
    case "not_number":
      return `(${column} IS NOT NULL AND ${column} <> '' AND NOT ${isNumber(column, dialect)})`;
    case "equals":
      return `coalesce(${value} = ${literal(predicate.value)}, false)`;
    case "above":
      return `coalesce(${value} > ${literal(predicate.value)}, false)`;
    case "outside":
      return `coalesce(${value} NOT BETWEEN ${literal(predicate.min)} AND ${literal(predicate.max)}, false)`;
  }
}

/** A SQL expression: the id of the first rule that the field breaks, or NULL. `column` names the field's text column. */
export function findingSql(ruleSet: RuleSet, field: TelemetryField, column: string, dialect: Dialect): string {
  const arms = ruleSet.rules
    .filter((rule) => rule.field === field)
    .map((rule) => `WHEN ${predicateSql(rule.test, column, dialect)} THEN ${quote(rule.id)}`);
  return arms.length === 0 ? "CAST(NULL AS text)" : `CASE ${arms.join(" ")} END`;
}

/** A SQL expression: the id of the policy rule that decides. `alias` names the relation that has the telemetry columns. */
export function policyRuleSql(policy: Policy, alias: string, dialect: Dialect): string {
  const arms = policy.rules.map(
    (rule) => `WHEN ${predicateSql(rule.test, `${alias}.${rule.field}`, dialect)} THEN ${quote(rule.id)}`,
  );
  return `CASE ${arms.join(" ")} END`;
}

/** A SQL expression: the telemetry value as a number, NULL where a rule finds fault with it. */
export function trustedNumberSql(ruleSet: RuleSet, field: TelemetryField, column: string, dialect: Dialect): string {
  return `CASE WHEN ${findingSql(ruleSet, field, column, dialect)} IS NULL THEN ${number(column, dialect)} END`;
}
