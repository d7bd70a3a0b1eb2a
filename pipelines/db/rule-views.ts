import type { Source } from "../domain/judge.ts";
import type { Policy } from "../domain/policy.ts";
import {
  type ColumnOf,
  DEPENDS,
  faultFields,
  findingSql,
  policyRuleSql,
  policyWordSql,
  quote,
  relationOf,
  valueFindingSql,
} from "../domain/predicate-sql.ts";
import type { Repair } from "../domain/repair.ts";
import { repairSql } from "../domain/repair-sql.ts";
import { decisive, type RuleSet } from "../domain/rules.ts";
import { RULE_FIELDS, type RuleField } from "../domain/vocabulary.ts";
import { sql } from "./sql.ts";

/**
 * As reports are stored: own values in relation r (`stored_report`), what the device is in p (`device_profile`), what became of its update in
 * o (`update_outcome`). Those two are joined by LEFT JOIN, which PostgreSQL leaves out where no rule asks for them.
 */
export const stored: ColumnOf = (field) => `${relationOf(field, "r")}.${field}`;

/** As recovery judges them: all in relation r (`judged_report`). */
const judged: ColumnOf = (field) => `r.${field}`;

/**
 * Writes compiled rules into a statement: `:first_finding` becomes the id of the first rule that `judged_report` r breaks and nobody waived, of
 * a field that campaign c reports; `:finding_of_field` the arms of a CASE that says so of one field, waived or not, and
 * `:repair_of_field` those that say what the repair of the rule that it breaks makes of the report o as it came. The texts come from the
 * compiler, which quotes.
 */
export function withRules(text: string, rules: RuleSet): string {
  const fields = faultFields(decisive(rules));
  return text
    .replaceAll(":first_finding", () => firstFinding(rules, "r"))
    .replaceAll(":repair_of_field", () => repairArms(rules))
    .replaceAll(":finding_of_field", () => armsOf(fields, (field) => findingSql(rules, field, judged, "postgres")));
}

function firstFinding(rules: RuleSet, relation: "o" | "r"): string {
  const first = faultFields(decisive(rules)).map((field) => {
    const found = findingSql(rules, field, (asked) => `${relation}.${asked}`, "postgres");
    return reported(field, `nullif(${found}, ${relation}.waived_${field})`);
  });
  return `coalesce(${[...first, "CAST(NULL AS text)"].join(", ")})`;
}

const came: ColumnOf = (field) => `o.${field}`;

/** A SQL expression: what the repairs of some rules, all about one field, make of it; NULL where none of them is broken. */
function repairOf(rules: RuleSet, field: RuleField, which: (repair: Repair) => boolean): string {
  const arms = decisive(rules).flatMap(({ id, field: about, repair }) =>
    about === field && repair && which(repair)
      ? [`WHEN ${quote(id)} THEN ${repairSql(repair, came(field), "postgres")}`]
      : [],
  );
  if (arms.length === 0) return "CAST(NULL AS text)";
  return `CASE ${findingSql(rules, field, came, "postgres")} ${arms.join(" ")} END`;
}

const repairArms = (rules: RuleSet): string =>
  armsOf(faultFields(decisive(rules)), (field) => repairOf(rules, field, () => true));

/**
 * Writes into a statement about the report o as it came what rules repair of it by themselves: `:reported_finding` becomes the first rule that it
 * breaks, and `:repaired_fields` the columns of the repaired report.
 */
export function withRepairs(text: string, rules: RuleSet): string {
  const fields = RULE_FIELDS.map((field) => {
    const alone = reported(
      field,
      repairOf(rules, field, ({ auto }) => auto === true),
    );
    return `coalesce(${alone}, ${came(field)}) AS ${field}, o.waived_${field}`;
  });
  return text
    .replaceAll(":reported_finding", () => firstFinding(rules, "o"))
    .replaceAll(":repaired_fields", () => fields.join(", "));
}

/** Arms of a CASE by field. */
const armsOf = (fields: readonly RuleField[], sqlOf: (field: RuleField) => string): string =>
  fields.map((field) => `WHEN '${field}' THEN ${sqlOf(field)}`).join(" ");

/** A rule about a field that the campaign does not report does not apply. */
export const reported = (field: RuleField, found: string): string =>
  field === "device_id" ? found : `CASE WHEN '${field}' = ANY(c.reported_columns) THEN ${found} END`;

/** Writes the compiled policy into a statement: `:policy_rule` decides on `judged_report` r; `:policy_action` and `:policy_fate` are what w.policy_rule does. */
export function withPolicy(text: string, policy: Policy): string {
  return text
    .replaceAll(":policy_rule", () => policyRuleSql(policy, judged, "postgres"))
    .replaceAll(":policy_action", () => policyWordSql(policy, "w.policy_rule", "action"))
    .replaceAll(":policy_fate", () => policyWordSql(policy, "w.policy_rule", "fate"));
}

/** Writes the columns that stand for a report into a statement. */
export function withSources(text: string, sources: readonly Source[]): string {
  return text.replaceAll(":sources", () => sources.map((source) => `r.${source}`).join(", "));
}

/** Writes into `validate.detection` what the rules find on each field. */
export function withDetection(text: string, rules: RuleSet): string {
  const fields = faultFields(decisive(rules));
  const alarms = fields.flatMap((field) => {
    const ofValue = valueFindingSql(rules, field, "d.value", "postgres");
    const names = ofValue.includes(`'${DEPENDS}'`) ? ["alarms", "alarms_in_context"] : ["alarms"];
    return names.map((name) =>
      sql(`validate.${name}`)
        .replaceAll(":is_reported", () => reported(field, "true"))
        .replaceAll(":value_finding", () => ofValue)
        .replaceAll(":finding", () => findingSql(rules, field, stored, "postgres"))
        .replaceAll(":column", () => stored(field)),
    );
  });
  const found = (field: RuleField): string => reported(field, findingSql(rules, field, stored, "postgres"));
  return text
    .replaceAll(":alarms", () => alarms.join("\nUNION ALL\n"))
    .replaceAll(":finding_of_field", () => armsOf(fields, found))
    .replaceAll(":any_finding", () => `coalesce(${fields.map(found).join(", ")})`);
}
