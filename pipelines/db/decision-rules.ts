import type pg from "pg";
import type { PolicyRule } from "../domain/policy.ts";
import { sql } from "./sql.ts";

/** What of a policy its decisions name. */
export interface NamedPolicy {
  readonly name: string;
  readonly version: number;
  readonly rules: readonly Pick<PolicyRule, "id" | "action" | "backoff" | "free" | "final">[];
}

/** The numbers of the policy's rules in `decision_rule`, in their order; enters those that are new. */
export async function enterRules(client: pg.ClientBase, { name, version, rules }: NamedPolicy): Promise<number[]> {
  const values = [
    ...[name, version, rules.map(({ id }) => id), rules.map(({ action }) => action)],
    ...[
      rules.map(({ backoff }) => backoff?.base_minutes ?? null),
      rules.map(({ backoff }) => backoff?.cap_minutes ?? null),
    ],
    ...[rules.map(({ free = false }) => free), rules.map(({ final = false }) => final)],
  ];
  await client.query(sql("recover.enter_rules"), values);
  const { rows } = await client.query<{ rule_no: number }>(sql("recover.rules"), values);
  return rows.map(({ rule_no }) => rule_no);
}
