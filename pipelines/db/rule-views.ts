import { createHash } from "node:crypto";
import type pg from "pg";
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
  trustedNumberSql,
  valueFindingSql,
  warningSql,
} from "../domain/predicate-sql.ts";
import { decisive, effectOf, type RuleSet, severityOf } from "../domain/rules.ts";
import { type RuleField, TELEMETRY_FIELDS } from "../domain/vocabulary.ts";
import { fill, sql } from "./sql.ts";

/**
 * As reports are stored: own values in relation r (`stored_report`), what the device is in p (`device_profile`), what became of its update in
 * o (`update_outcome`). Those two are joined by LEFT JOIN, which PostgreSQL leaves out where no rule asks for them.
 */
const stored: ColumnOf = (field) => `${relationOf(field, "r")}.${field}`;

/** As recovery judges them: all in relation r (`judged_report`). */
const judged: ColumnOf = (field) => `r.${field}`;

/** As relation r (`ota_logs`) shows them, but for what relation a (`device_amendment`) corrects. */
const shown: ColumnOf = (field) => (field === "device_id" ? "r.device_id" : `coalesce(a.fixed_${field}, r.${field})`);

/**
 * Writes compiled rules into a statement: `:first_finding` becomes the id of the first rule that `judged_report` r breaks and nobody waived, of
 * a field that campaign c reports; `:finding_of_field` the arms of a CASE that says so of one field, waived or not; and `:trusted_FIELD` the number
 * that `ota_logs` r and `device_amendment` a show, NULL where a rule finds fault with it. Of a policy, `:policy_rule` decides on `judged_report` r;
 * `:policy_action` and `:policy_fate` are what w.policy_rule does. The texts come from the compiler, which quotes.
 */
export function withRules(text: string, rules: RuleSet, policy?: Policy): string {
  const fields = faultFields(decisive(rules));
  const first = fields.map((field) =>
    reported(field, `nullif(${findingSql(rules, field, judged, "postgres")}, r.waived_${field})`),
  );
  const trusted = TELEMETRY_FIELDS.map((field) => [
    `trusted_${field}`,
    () => trustedNumberSql(rules, field, shown, "postgres", `a.waived_${field}`),
  ]);
  return fill(text, {
    first_finding: () => `coalesce(${[...first, "CAST(NULL AS text)"].join(", ")})`,
    finding_of_field: () => armsOf(fields, (field) => findingSql(rules, field, judged, "postgres")),
    ...Object.fromEntries(trusted),
    ...(policy && {
      policy_rule: () => policyRuleSql(policy, judged, "postgres"),
      policy_action: () => policyWordSql(policy, "w.policy_rule", "action"),
      policy_fate: () => policyWordSql(policy, "w.policy_rule", "fate"),
    }),
  });
}

/** Arms of a CASE by field. */
const armsOf = (fields: readonly RuleField[], sqlOf: (field: RuleField) => string): string =>
  fields.map((field) => `WHEN '${field}' THEN ${sqlOf(field)}`).join(" ");

/** A rule about a field that the campaign does not report does not apply. */
const reported = (field: RuleField, found: string): string =>
  field === "device_id" ? found : `CASE WHEN '${field}' = ANY(c.reported_columns) THEN ${found} END`;

/** Writes the columns that stand for a report into a statement. */
export function withSources(text: string, sources: readonly Source[]): string {
  return fill(text, { sources: () => sources.map((source) => `r.${source}`).join(", ") });
}

/** Makes `ota_telemetry` and `telemetry_finding` from the rules in force; does nothing where they stand already. */
export async function installRuleViews(client: pg.ClientBase, rules: RuleSet): Promise<void> {
  const texts = [withRules(sql("rules.ota_telemetry"), rules), telemetryFinding(rules)];
  const mark = `made from rules ${rules.name} version ${rules.version}, ${createHash("sha256").update(texts.join()).digest("hex").slice(0, 16)}`;
  const { rows } = await client.query<{ mark: string | null }>(sql("rules.mark"));
  if (rows[0]?.mark?.includes(mark)) return;
  await client.query(
    [
      "BEGIN",
      ...texts,
      sql("rules.comment"),
      sql("rules.grant"),
      `COMMENT ON VIEW ota_telemetry IS 'ota_logs with numbers, those that a person corrected or let stand included; NULL where a rule finds fault; ${mark}.'`,
      "COMMIT",
    ].join(";\n"),
  );
}

/** Writes into `validate.detection` what the rules find on each field. */
export function withDetection(text: string, rules: RuleSet): string {
  const fields = faultFields(decisive(rules));
  const alarms = fields.flatMap((field) => {
    const ofValue = valueFindingSql(rules, field, "d.value", "postgres");
    const names = ofValue.includes(`'${DEPENDS}'`) ? ["alarms", "alarms_in_context"] : ["alarms"];
    return names.map((name) =>
      fill(sql(`validate.${name}`), {
        is_reported: () => reported(field, "true"),
        value_finding: () => ofValue,
        finding: () => findingSql(rules, field, stored, "postgres"),
        column: () => stored(field),
      }),
    );
  });
  const arms = armsOf(fields, (field) => reported(field, findingSql(rules, field, stored, "postgres")));
  return fill(text, { alarms: () => alarms.join("\nUNION ALL\n"), finding_of_field: () => arms });
}

/** One scan a field: a LATERAL list of them sets its expressions up anew for every row, and took ten times as long. */
function telemetryFinding(rules: RuleSet): string {
  const scans = faultFields(rules.rules).map((field) =>
    fill(sql("rules.findings_of_field"), {
      is_reported: () => reported(field, "true"),
      field: () => `'${field}'`,
      version: () => String(rules.version),
      finding: () => warningSql(rules, field, stored, "postgres"),
    }),
  );
  const facts = rules.rules.map((rule) => `('${rule.id}', '${severityOf(rule)}', '${effectOf(rule)}')`);
  return fill(sql("rules.telemetry_finding"), {
    scans: () => scans.join("\nUNION ALL\n"),
    facts: () => facts.join(", "),
  });
}
