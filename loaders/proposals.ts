import { type ColumnOf, faultFields, findingSql, quote } from "../pipelines/domain/predicate-sql.ts";
import { repairSql } from "../pipelines/domain/repair-sql.ts";
import { decisive, type RuleSet } from "../pipelines/domain/rules.ts";
import type { RuleField } from "../pipelines/domain/vocabulary.ts";
import { readSql } from "./models.ts";

/** `proposals()`, a macro over the staged reports of open places: what the rules propose for them. */
export function proposalsMacro(rules: RuleSet): string {
  const fields = faultFields(decisive(rules));
  const repairable = fields.filter((field) => rules.rules.some((rule) => rule.field === field && rule.repair));
  const taking: ColumnOf = (field) =>
    repairable.includes(field) ? `coalesce(t.taken['${field}'], ${counts(field)})` : counts(field);
  const leftOver = fields.map(
    (field) => `CASE WHEN ${brokenSql(rules, field, taking)} IS NOT NULL THEN '${field}' END`,
  );
  const sql = readSql("engine/proposals")
    .replaceAll(":findings", () => fields.map((field) => findingOf(rules, field)).join(", "))
    .replaceAll(":left_over", () => leftOver.join(", "));
  return `CREATE MACRO proposals() AS TABLE ${sql}`;
}

/** As stg_judged has it: a corrected value stands for the reported one. */
const counts: ColumnOf = (field) => `j.${field}`;

/** The rule that a field breaks and nobody waived, with the value, and what the repair of the rule makes of it. */
function findingOf(rules: RuleSet, field: RuleField): string {
  const broken = brokenSql(rules, field, counts);
  return `{'field': '${field}', 'rule': ${broken}, 'raw': ${counts(field)}, 'made': ${madeSql(rules, field, broken)}}`;
}

function madeSql(rules: RuleSet, field: RuleField, broken: string): string {
  const arms = decisive(rules).flatMap(({ id, field: about, repair }) =>
    about === field && repair ? [`WHEN ${quote(id)} THEN ${repairSql(repair, counts(field), "duckdb")}`] : [],
  );
  return arms.length === 0 ? "CAST(NULL AS VARCHAR)" : `CASE ${broken} ${arms.join(" ")} END`;
}

/** A rule about a field that the campaign does not report does not apply. */
function brokenSql(rules: RuleSet, field: RuleField, columnOf: ColumnOf): string {
  const broken = `nullif(${findingSql(rules, field, columnOf, "duckdb")}, j.waived_${field})`;
  return field === "device_id" ? broken : `CASE WHEN list_contains(k.reported_columns, '${field}') THEN ${broken} END`;
}
