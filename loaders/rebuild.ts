import { fill } from "../pipelines/db/sql.ts";
import { quote } from "../pipelines/domain/predicate-sql.ts";
import type { RuleSet } from "../pipelines/domain/rules.ts";
import { build, check, prepare } from "./build.ts";
import { inOneTransaction, readDatabase, rowsOf, writeDatabase } from "./engine.ts";
import { readSql } from "./models.ts";

export interface RebuildOptions {
  /** The warehouse whose pulled rows are taken. */
  readonly warehouse: string;
  /** File to write, which must not be there. */
  readonly target: string;
  /** Folder for what does not fit into memory. */
  readonly spill: string;
  /** The rules of a name: the warehouse says which are its own. */
  readonly rules: (name: string) => RuleSet;
}

/** As much as a refresh takes where little does not do: an editor waits. */
const MEMORY = "400MB";

/**
 * Makes a warehouse again from the rows that another one has staged, with the SQL as it is now: no database is asked.
 * @throws Error of the engine where a model is wrong, SentinelError where a check finds a row.
 */
export async function rebuildWarehouse({ warehouse, target, spill, rules }: RebuildOptions): Promise<void> {
  const name = await readDatabase(warehouse, {}, async (db) =>
    String((await rowsOf(db, readSql("engine/read_rule_set")))[0]?.name),
  );
  const ruleSet = rules(name);
  await writeDatabase(target, { memoryLimit: MEMORY, spill }, async (db) => {
    await prepare(db, ruleSet);
    await db.run(fill(readSql("engine/take_staging"), { former: () => quote(warehouse) }));
    await inOneTransaction(db, () => build(db, ruleSet));
    await check(db);
  });
}
