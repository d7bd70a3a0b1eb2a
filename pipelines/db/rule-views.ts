import type { Source } from "../domain/judge.ts";
import type { Policy } from "../domain/policy.ts";
import {
  type ColumnOf,
  DEPENDS,
  faultFields,
  findingSql,
  policyRuleSql,
  policyWordSql,
  relationOf,
  valueFindingSql,
} from "../domain/predicate-sql.ts";
import { decisive, type RuleSet } from "../domain/rules.ts";
import type { RuleField } from "../domain/vocabulary.ts";
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
 * a field that campaign c reports; `:finding_of_field` the arms of a CASE that says so of one field, waived or not. The texts come from the
 * compiler, which quotes.
 */
export function withRules(text: string, rules: RuleSet): string {
  const fields = faultFields(decisive(rules));
  const first = fields.map((field) =>
    reported(field, `nullif(${findingSql(rules, field, judged, "postgres")}, r.waived_${field})`),
  );
  return text
    .replaceAll(":first_finding", () => `coalesce(${[...first, "CAST(NULL AS text)"].join(", ")})`)
    .replaceAll(":finding_of_field", () => armsOf(fields, (field) => findingSql(rules, field, judged, "postgres")));
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
  const arms = armsOf(fields, (field) => reported(field, findingSql(rules, field, stored, "postgres")));
  return text.replaceAll(":alarms", () => alarms.join("\nUNION ALL\n")).replaceAll(":finding_of_field", () => arms);
}
