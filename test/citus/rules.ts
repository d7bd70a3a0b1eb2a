import { JOIN_RULE } from "./joins.ts";
import { KEY_RULES } from "./keys.ts";
import { READ_RULES } from "./reads.ts";
import type { Facts, Rule } from "./rule.ts";
import { Schema } from "./schema.ts";
import { SUBQUERY_RULES } from "./subqueries.ts";
import { type Body, statementsOf } from "./tree.ts";
import { WRITE_RULES } from "./writes.ts";

/** All that SQL keeps to, so that it runs on one server and on Citus. */
export const RULES: readonly Rule[] = [...KEY_RULES, ...WRITE_RULES, ...READ_RULES, ...SUBQUERY_RULES, JOIN_RULE];

/** A rule that a statement breaks, and by what. */
export interface Breach {
  readonly rule: string;
  readonly what: string;
}

/** The rules that a text breaks. Tables that it makes itself count with those of the schema. */
export function breachesOf(text: string, facts: Omit<Facts, "schema">, ddl: readonly Body[]): Breach[] {
  const statements = statementsOf(text);
  const schema = new Schema([...ddl, ...statements]);
  return RULES.flatMap(({ name, breaches }) =>
    statements.flatMap((statement) => breaches(statement, { ...facts, schema }).map((what) => ({ rule: name, what }))),
  );
}
