import { expectation } from "../pipelines/domain/expectation.ts";
import { findingSql, trustedNumberSql } from "../pipelines/domain/predicate-sql.ts";
import type { RuleSet } from "../pipelines/domain/rules.ts";
import {
  ACTIONS,
  FAULT_KINDS,
  TELEMETRY_FIELDS,
  UPDATE_STAGES,
  UPDATE_STATUSES,
} from "../pipelines/domain/vocabulary.ts";

/** The vocabulary and the rules as JSON, by the names that `reference/*.sql` gives them. */
export function referenceVariables(ruleSet: RuleSet): Readonly<Record<string, string>> {
  return {
    statuses: words(UPDATE_STATUSES),
    stages: words(UPDATE_STAGES),
    actions: words(ACTIONS),
    fields: words(TELEMETRY_FIELDS),
    kinds: words(FAULT_KINDS),
    rules: JSON.stringify(
      ruleSet.rules.map((rule, index) => ({
        rule_id: rule.id,
        ordinal: index + 1,
        field: rule.field,
        detects: rule.detects,
        expected: expectation(ruleSet, rule.field),
      })),
    ),
  };
}

/**
 * The rules as DuckDB macros, so that the .sql files can stay as they are whatever the rules are: `finding_<field>(reported)` is
 * the first rule that the value breaks, `number_of(reported)` its number, NULL where it is none.
 */
export function ruleMacros(ruleSet: RuleSet): string[] {
  return [
    `CREATE MACRO number_of(reported) AS ${trustedNumberSql({ ...ruleSet, rules: [] }, "battery_voltage", "reported", "duckdb")}`,
    ...TELEMETRY_FIELDS.map(
      (field) => `CREATE MACRO finding_${field}(reported) AS ${findingSql(ruleSet, field, "reported", "duckdb")}`,
    ),
  ];
}

function words(list: readonly string[]): string {
  return JSON.stringify(list.map((word, index) => ({ word, ordinal: index + 1 })));
}
