import { createHash } from "node:crypto";
import type pg from "pg";
import { SentinelError } from "../cli/errors.ts";
import { type ColumnOf, faultFields, quote, trustedNumberSql, warningSql } from "../domain/predicate-sql.ts";
import { effectOf, type RuleSet, severityOf } from "../domain/rules.ts";
import { TELEMETRY_FIELDS, type TelemetryField } from "../domain/vocabulary.ts";
import { DEFAULT_RULES } from "./campaigns.ts";
import { reported, stored } from "./rule-views.ts";
import { fill, sql } from "./sql.ts";

/** As relation r (`ota_logs`) shows them, but for what relation a (`device_amendment`) corrects. */
const shown: ColumnOf = (field) => (field === "device_id" ? "r.device_id" : `coalesce(a.fixed_${field}, r.${field})`);

/** The rules that campaigns name. */
interface RuleSets {
  readonly sets: ReadonlyMap<string, RuleSet>;
  /** Whether all campaigns name the same: then none has to be asked. */
  readonly isOne: boolean;
}

/**
 * Makes `ota_telemetry` and `telemetry_finding` from the rules in force, of each campaign its own; does nothing where they stand already. A
 * campaign whose rules can't be used has no trusted numbers and no findings there, which is noted: others can be worked on.
 */
export async function installRuleViews(
  client: pg.ClientBase,
  rulesOf: (name: string) => RuleSet,
  note: (line: string) => void,
): Promise<void> {
  const named = await namedSets(client, rulesOf, note);
  const texts = [otaTelemetry(named), telemetryFinding(named)];
  const names = [...named.sets.values()].map(({ name, version }) => `${name} version ${version}`).join(" and ");
  const hash = createHash("sha256").update(texts.join()).digest("hex").slice(0, 16);
  const mark = `made from rules ${names}, ${hash}`;
  const { rows } = await client.query<{ mark: string | null }>(sql("rules.mark"));
  if (rows[0]?.mark?.includes(mark)) return;
  const comment = `ota_logs with numbers, those that a person corrected or let stand included; NULL where a rule finds fault; ${mark}.`;
  await client.query(
    [
      "BEGIN",
      ...texts,
      sql("rules.comment"),
      sql("rules.grant"),
      `COMMENT ON VIEW ota_telemetry IS ${quote(comment)}`,
      "COMMIT",
    ].join(";\n"),
  );
}

async function namedSets(
  client: pg.ClientBase,
  rulesOf: (name: string) => RuleSet,
  note: (line: string) => void,
): Promise<RuleSets> {
  const { rows } = await client.query<{ rules: string }>(sql("campaign.rule_sets"));
  const sets = new Map<string, RuleSet>();
  for (const { rules: name } of rows) {
    try {
      sets.set(name, rulesOf(name));
    } catch (error) {
      if (!(error instanceof SentinelError)) throw error;
      note(`Campaigns with rules ${name} can't be judged: ${error.message}`);
    }
  }
  const isOne = sets.size === rows.length && sets.size < 2;
  if (sets.size === 0) sets.set(DEFAULT_RULES, rulesOf(DEFAULT_RULES));
  return { sets, isOne };
}

function otaTelemetry({ sets, isOne }: RuleSets): string {
  const trusted = (field: TelemetryField): string => {
    const arms = [...sets].map(([set, rules]) => {
      const number = trustedNumberSql(rules, field, shown, "postgres", `a.waived_${field}`);
      return { number, arm: `WHEN ${quote(set)} THEN ${number}` };
    });
    return isOne ? (arms[0]?.number ?? "") : `CASE c.rules ${arms.map(({ arm }) => arm).join(" ")} END`;
  };
  const places = TELEMETRY_FIELDS.map((field) => [`trusted_${field}`, () => trusted(field)] as const);
  return fill(sql("rules.ota_telemetry"), Object.fromEntries(places));
}

/** One scan a field: a LATERAL list of them sets its expressions up anew for every row, and took ten times as long. */
function telemetryFinding({ sets, isOne }: RuleSets): string {
  const scans = [...sets].flatMap(([set, rules]) =>
    faultFields(rules.rules).map((field) => {
      const isIts = isOne ? [] : [`c.rules = ${quote(set)}`];
      return fill(sql("rules.findings_of_field"), {
        is_reported: () => [...isIts, reported(field)].join(" AND "),
        field: () => quote(field),
        set: () => quote(set),
        version: () => String(rules.version),
        finding: () => warningSql(rules, field, stored, "postgres"),
      });
    }),
  );
  const facts = [...sets].flatMap(([set, { rules }]) =>
    rules.map((rule) => `(${[set, rule.id, severityOf(rule), effectOf(rule)].map(quote).join(", ")})`),
  );
  return fill(sql("rules.telemetry_finding"), {
    scans: () => scans.join("\nUNION ALL\n"),
    facts: () => facts.join(", "),
  });
}
