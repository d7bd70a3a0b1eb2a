import { createHash } from "node:crypto";
import type pg from "pg";
import type { Policy } from "../domain/policy.ts";
import { findingSql, policyRuleSql, trustedNumberSql } from "../domain/predicate-sql.ts";
import type { RuleSet } from "../domain/rules.ts";
import { TELEMETRY_FIELDS } from "../domain/vocabulary.ts";
import { sql } from "./sql.ts";

/**
 * Writes compiled rules into a statement: `:finding_FIELD` becomes the id of the rule that the field of relation r breaks,
 * `:trusted_FIELD` its number, NULL where a rule finds fault with it, and `:number_FIELD` its number whatever rules say; `:first_finding`
 * looks at all fields that campaign c reports, and leaves out what `judged_report` r has waived. The texts come from the compiler, which quotes.
 */
export function withRules(text: string, rules: RuleSet): string {
  return text
    .replaceAll(":first_finding", FIRST_FINDING)
    .replace(/:(finding|trusted|number)_([a-z_]+)/g, (place, what: string, name: string) => {
      const field = TELEMETRY_FIELDS.find((known) => known === name);
      if (!field) throw new Error(`${place} names no telemetry field`);
      const compile = what === "finding" ? findingSql : trustedNumberSql;
      return compile(what === "number" ? { ...rules, rules: [] } : rules, field, `r.${field}`, "postgres");
    });
}

const FIRST_FINDING = `coalesce(${TELEMETRY_FIELDS.map(
  (field) => `CASE WHEN '${field}' = ANY(c.reported_columns) THEN nullif(:finding_${field}, r.waived_${field}) END`,
).join(", ")})`;

/** Writes the compiled policy into a statement: `:policy_rule` decides on relation r, `:policy_action` is what w.policy_rule does. */
export function withPolicy(text: string, policy: Policy): string {
  const arms = policy.rules.map(({ id, action }) => `WHEN '${id}' THEN '${action}'`).join(" ");
  return text
    .replaceAll(":policy_rule", () => policyRuleSql(policy, "r", "postgres"))
    .replaceAll(":policy_action", () => `CASE w.policy_rule ${arms} END`);
}

/** Makes `ota_telemetry` and `telemetry_finding` from the rules in force; does nothing where they stand already. */
export async function installRuleViews(client: pg.ClientBase, rules: RuleSet): Promise<void> {
  const texts = ["rules.ota_telemetry", "rules.telemetry_finding"].map((name) => withRules(sql(name), rules));
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
