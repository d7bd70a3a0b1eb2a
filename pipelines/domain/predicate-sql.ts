import type { Policy } from "./policy.ts";
import { NUMBER_LENGTH, NUMBER_PATTERN, type Predicate } from "./predicate.ts";
import type { RuleSet } from "./rules.ts";
import type { TelemetryField } from "./vocabulary.ts";

/** The two engines that run the rules as SQL. */
export type Dialect = "postgres" | "duckdb";

/** A reported value in SQL, by two expressions. */
export interface SqlValue {
  /** As it came. */
  readonly text: string;
  /** As double precision; NULL where it is no number. */
  readonly number: string;
}

/** The value of a text column, its number worked out wherever it is asked for: fine for a row, dear for a fleet. */
export function valueOf(column: string, dialect: Dialect): SqlValue {
  return { text: column, number: numberSql(column, dialect) };
}

/** A SQL expression: the number in a text column, NULL where there is none; both engines evaluate the CAST behind the guard alone. */
export function numberSql(column: string, dialect: Dialect): string {
  const matches =
    dialect === "postgres"
      ? `${column} ~ ${quote(NUMBER_PATTERN)}`
      : `regexp_full_match(${column}, ${quote(NUMBER_PATTERN)})`;
  return `CASE WHEN length(${column}) <= ${NUMBER_LENGTH} AND ${matches} THEN CAST(${column} AS double precision) END`;
}

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const literal = (value: number): string => `CAST('${value}' AS double precision)`;

/** A SQL condition, never NULL, equal to {@link holds}. */
export function predicateSql(predicate: Predicate, { text, number }: SqlValue): string {
  switch (predicate.kind) {
    case "any":
      return "true";
    case "missing":
      return `(${text} IS NULL OR ${text} = '')`;
    case "not_number":
      return `(${text} IS NOT NULL AND ${text} <> '' AND (${number}) IS NULL)`;
    case "equals":
      return `coalesce((${number}) = ${literal(predicate.value)}, false)`;
    case "above":
      return `coalesce((${number}) > ${literal(predicate.value)}, false)`;
    case "outside":
      return `coalesce((${number}) NOT BETWEEN ${literal(predicate.min)} AND ${literal(predicate.max)}, false)`;
  }
}

/** A SQL expression: the id of the first rule that a value of the field breaks, or NULL. */
export function findingSql(ruleSet: RuleSet, field: TelemetryField, value: SqlValue): string {
  const arms = ruleSet.rules
    .filter((rule) => rule.field === field)
    .map((rule) => `WHEN ${predicateSql(rule.test, value)} THEN ${quote(rule.id)}`);
  return arms.length === 0 ? "CAST(NULL AS text)" : `CASE ${arms.join(" ")} END`;
}

/** A SQL expression: the id of the policy rule that decides. */
export function policyRuleSql(policy: Policy, values: (field: TelemetryField) => SqlValue): string {
  const arms = policy.rules.map((rule) => `WHEN ${predicateSql(rule.test, values(rule.field))} THEN ${quote(rule.id)}`);
  return `CASE ${arms.join(" ")} END`;
}

/** A SQL expression: the telemetry value as a number, NULL where a rule finds fault with it. */
export function trustedNumberSql(ruleSet: RuleSet, field: TelemetryField, value: SqlValue): string {
  return `CASE WHEN ${findingSql(ruleSet, field, value)} IS NULL THEN ${value.number} END`;
}
