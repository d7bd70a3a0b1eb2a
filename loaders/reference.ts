import { fill } from "../pipelines/db/sql.ts";
import type { Catalogue } from "../pipelines/domain/catalogue.ts";
import { expectation } from "../pipelines/domain/expectation.ts";
import { FAULT_KIND_SPECS } from "../pipelines/domain/fault-kinds.ts";
import { FIELD_ORDER } from "../pipelines/domain/judge.ts";
import {
  type ColumnOf,
  faultFields,
  findingSql,
  numberSql,
  relationOf,
  valueFindingSql,
} from "../pipelines/domain/predicate-sql.ts";
import { decisive, kindsOf, type RuleSet, SEVERITIES, severityOf } from "../pipelines/domain/rules.ts";
import {
  ACTIONS,
  FAULT_KINDS,
  type RuleField,
  TELEMETRY_FIELDS,
  UPDATE_STAGES,
  UPDATE_STATUSES,
} from "../pipelines/domain/vocabulary.ts";
import { readSql } from "./models.ts";

/** The vocabulary and the rules as JSON, by the names that `reference/*.sql` gives them. */
export function referenceVariables(ruleSet: RuleSet): Readonly<Record<string, string>> {
  return {
    statuses: words(UPDATE_STATUSES),
    stages: words(UPDATE_STAGES),
    actions: words(ACTIONS),
    severities: words(SEVERITIES),
    fields: words(fieldsOf(ruleSet)),
    kinds: JSON.stringify(
      FAULT_KINDS.map((kind, at) => ({ kind, ordinal: at + 1, layer: FAULT_KIND_SPECS[kind].layer })),
    ),
    rule_set: JSON.stringify({ name: ruleSet.name, version: ruleSet.version }),
    rules: JSON.stringify(
      ruleSet.rules.map((rule, index) => ({
        rule_id: rule.id,
        ordinal: index + 1,
        field: rule.field,
        detects: kindsOf(rule),
        expected: expectation(ruleSet, rule.field),
        severity: severityOf(rule),
      })),
    ),
  };
}

/** What is known of error codes and regions, as JSON, by the names that `reference/catalogue.sql` gives it. */
export function catalogueVariables({ errors, regions }: Catalogue): Readonly<Record<string, string>> {
  return {
    errors: JSON.stringify(
      errors.map(({ errorCode, lookAt, ...rest }, at) => ({
        error_code: errorCode,
        look_at: lookAt,
        ordinal: at + 1,
        ...rest,
      })),
    ),
    places: JSON.stringify(regions.map(({ countries, ...rest }) => ({ ...rest, countries: countries.join(" ") }))),
  };
}

/** The telemetry fields, and what else rules find fault with. */
function fieldsOf(ruleSet: RuleSet): RuleField[] {
  const judged = faultFields(decisive(ruleSet));
  return FIELD_ORDER.filter(
    (field) => judged.includes(field) || (TELEMETRY_FIELDS as readonly RuleField[]).includes(field),
  );
}

/**
 * The rules as DuckDB macros, so that the .sql files can stay as they are whatever the rules are: `value_finding_<field>(reported)` is the
 * first rule that the value breaks by itself, '?' where that depends on the rest of the report; `number_of(reported)` its number, NULL where it is none;
 * `trusted_<word>(reported)` the word as people read it, '(untrusted)' where a rule finds fault with it: else every garbled region would be one.
 */
export function ruleMacros(ruleSet: RuleSet): string[] {
  return [
    `CREATE MACRO number_of(reported) AS ${numberSql("reported", "duckdb")}`,
    ...TELEMETRY_FIELDS.map(
      (field) =>
        `CREATE MACRO value_finding_${field}(reported) AS ${valueFindingSql(ruleSet, field, "reported", "duckdb")}`,
    ),
    ...WORDS.map(
      (field) =>
        `CREATE MACRO trusted_${field}(reported) AS CASE
          WHEN coalesce(reported, '') = '' OR coalesce(${valueFindingSql(ruleSet, field, "reported", "duckdb")}, '?') = '?' THEN named(reported)
          ELSE '(untrusted)'
        END`,
    ),
  ];
}

/** Words that marts are grouped by. */
const WORDS = ["region", "model", "firmware_from", "error_code"] as const satisfies RuleField[];

/** Statements, one a field, that find in the staged rows what the rules find fault with. */
export function findingsSql(ruleSet: RuleSet): string[] {
  return faultFields(decisive(ruleSet)).map((field) =>
    fill(readSql("engine/findings_of_field"), {
      field: () => `'${field}'`,
      value_finding: () => valueFindingSql(ruleSet, field, "w.raw", "duckdb"),
      finding: () => findingSql(ruleSet, field, staged, "duckdb"),
      column: () => staged(field),
      relation: () => RELATIONS[relationOf(field, "d")],
    }),
  );
}

const RELATIONS = { d: "stg_device d", p: "stg_profile p", o: "stg_outcome o" } as const;

/** Where a field stands in the staged rows. */
const staged: ColumnOf = (field) => {
  const relation = relationOf(field, "d");
  return relation === "d" ? `d.${field}` : `${relation}.raw_${field}`;
};

function words(list: readonly string[]): string {
  return JSON.stringify(list.map((word, index) => ({ word, ordinal: index + 1 })));
}
