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
import { type ReportColumn, RULE_FIELDS, type RuleField } from "../domain/vocabulary.ts";
import { fill, sql } from "./sql.ts";

/**
 * As reports are stored: own values in relation r (`stored_report`), what the device is in p (`device_profile`), what became of its update in
 * o (`update_outcome`). Those two are joined by LEFT JOIN, which PostgreSQL leaves out where no rule asks for them.
 */
export const stored: ColumnOf = (field) => `${relationOf(field, "r")}.${field}`;

/** As recovery judges them: all in relation r (`judged_report`). */
const judged: ColumnOf = (field) => `r.${field}`;

/**
 * Writes compiled rules into a statement: `:first_finding` becomes the id of the first rule that `judged_report` r breaks and nobody waived, of
 * a field that the campaign reports; `:finding_of_field` the arms of a CASE that says so of one field, waived or not, and
 * `:repaired_value` what the repair of the rule that the field of amendment a breaks makes of the report o as it came. Of what rules repair by themselves,
 * `:reported_finding` is the first rule that the report o as it came breaks, and `:repaired_fields` the columns of the repaired report. Of a policy,
 * `:policy_rule` decides on `judged_report` r; `:policy_action` and `:policy_fate` are what w.policy_rule does. The texts come from the compiler,
 * which quotes.
 */
export function withRules(text: string, rules: RuleSet, columns: readonly ReportColumn[], policy?: Policy): string {
  const fields = faultFields(decisive(rules));
  return fill(text, {
    first_finding: () => firstFinding(rules, columns, "r"),
    finding_of_field: () => armsOf(fields, (field) => findingSql(rules, field, judged, "postgres")),
    repaired_value: () => amended(rules),
    reported_finding: () => firstFinding(rules, columns, "o"),
    repaired_fields: () => repairedFields(rules, columns),
    ...(policy && {
      policy_rule: () => policyRuleSql(policy, judged, "postgres"),
      policy_action: () => policyWordSql(policy, "w.policy_rule", "action"),
      policy_fate: () => policyWordSql(policy, "w.policy_rule", "fate"),
    }),
  });
}

function firstFinding(rules: RuleSet, columns: readonly ReportColumn[], relation: "o" | "r"): string {
  const fields = faultFields(decisive(rules)).filter((field) => isReported(field, columns));
  const first = fields.map((field) => {
    const found = findingSql(rules, field, (asked) => `${relation}.${asked}`, "postgres");
    return `nullif(${found}, ${relation}.waived_${field})`;
  });
  return `coalesce(${[...first, "CAST(NULL AS text)"].join(", ")})`;
}

const came: ColumnOf = (field) => `o.${field}`;

/** A SQL expression: what the repairs of some rules, all about one field, make of it; NULL where none of them is broken. */
function repairOf(rules: RuleSet, field: RuleField, which: (repair: Repair) => boolean): string {
  const about = decisive(rules).filter((rule) => rule.field === field);
  const last = about.findLastIndex(({ repair }) => repair && which(repair));
  if (last < 0) return "CAST(NULL AS text)";
  // What a rule behind them finds has none of these repairs.
  const found = findingSql({ ...rules, rules: about.slice(0, last + 1) }, field, came, "postgres");
  const arms = about.flatMap(({ id, repair }) =>
    repair && which(repair) ? [`WHEN ${quote(id)} THEN ${repairSql(repair, came(field), "postgres")}`] : [],
  );
  return `CASE ${found} ${arms.join(" ")} END`;
}

/** A SQL expression: what the repair of the rule that the field of amendment a breaks makes of it, NULL where none does. */
function amended(rules: RuleSet): string {
  const fields = RULE_FIELDS.filter((field) => decisive(rules).some((rule) => rule.field === field && rule.repair));
  if (fields.length === 0) return "CAST(NULL AS text)";
  return `CASE a.field ${armsOf(fields, (field) => repairOf(rules, field, () => true))} END`;
}

function repairedFields(rules: RuleSet, columns: readonly ReportColumn[]): string {
  const fields = RULE_FIELDS.map((field) => {
    const alone = isReported(field, columns) ? `${repairOf(rules, field, ({ auto }) => auto === true)}, ` : "";
    return `coalesce(${alone}${came(field)}) AS ${field}, o.waived_${field}`;
  });
  return fields.join(", ");
}

/** Arms of a CASE by field. */
const armsOf = (fields: readonly RuleField[], sqlOf: (field: RuleField) => string): string =>
  fields.map((field) => `WHEN '${field}' THEN ${sqlOf(field)}`).join(" ");

/** A rule about a field that the campaign does not report does not apply. */
const isReported = (field: RuleField, columns: readonly ReportColumn[]): boolean =>
  field === "device_id" || columns.includes(field);

/** The same where campaigns c are several. PostgreSQL reads their lists again for each row, which costs as much as a test of a number. */
export const reported = (field: RuleField): string =>
  field === "device_id" ? "true" : `CASE WHEN '${field}' = ANY(c.reported_columns) THEN true END`;

/** Writes the columns that stand for a report into a statement. */
export function withSources(text: string, sources: readonly Source[]): string {
  return fill(text, { sources: () => sources.map((source) => `r.${source}`).join(", ") });
}

/** Writes into `validate.detection` what the rules find on each field that the campaign reports. */
export function withDetection(text: string, rules: RuleSet, columns: readonly ReportColumn[]): string {
  const fields = faultFields(decisive(rules));
  const written = (name: string, field: RuleField): string =>
    fill(sql(`validate.${name}`), {
      judged_field: () => `judged_${field}`,
      is_reported: () => String(isReported(field, columns)),
      value_finding: () => valueFindingSql(rules, field, "d.value", "postgres"),
      finding: () => findingSql(rules, field, stored, "postgres"),
      column: () => stored(field),
    });
  const values = fields.map((field) =>
    written(relationOf(field, "r") === "r" ? "judged_values" : "judged_words", field),
  );
  const alarms = fields.flatMap((field) => {
    const depends = valueFindingSql(rules, field, "d.value", "postgres").includes(`'${DEPENDS}'`);
    return [written("alarms", field), ...(depends ? [written("alarms_in_context", field)] : [])];
  });
  const found = (field: RuleField): string =>
    isReported(field, columns) ? findingSql(rules, field, stored, "postgres") : "CAST(NULL AS text)";
  return fill(text, {
    judged_values: () => values.join(", "),
    alarms: () => alarms.join("\nUNION ALL\n"),
    finding_of_field: () => armsOf(fields, found),
    any_finding: () => `coalesce(${fields.map(found).join(", ")})`,
  });
}
