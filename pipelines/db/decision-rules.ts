import type pg from "pg";
import type { Policy } from "../domain/policy.ts";
import { sql } from "./sql.ts";

/** The numbers of the policy's rules in `decision_rule`, in their order; enters those that are new. */
export async function enterRules(client: pg.ClientBase, { name, version, rules }: Policy): Promise<number[]> {
  const values = [name, version, rules.map(({ id }) => id), rules.map(({ action }) => action)];
  await client.query(sql("recover.enter_rules"), values);
  const { rows } = await client.query<{ rule_no: number }>(sql("recover.rules"), values);
  return rows.map(({ rule_no }) => rule_no);
}
