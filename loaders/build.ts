import type { DuckDBConnection } from "@duckdb/node-api";
import { EXIT, SentinelError } from "../pipelines/cli/errors.ts";
import type { RuleSet } from "../pipelines/domain/rules.ts";
import { rowsOf, setVariable } from "./engine.ts";
import { readerFingerprint, readFolder, readModels, readSql } from "./models.ts";
import type { Pulled } from "./pull.ts";
import { referenceVariables, ruleMacros } from "./reference.ts";

/** Makes macros, vocabulary and rules: what the models are written in. */
export async function prepare(db: DuckDBConnection, rules: RuleSet): Promise<void> {
  await db.run(readSql("engine/settings"));
  for (const { sql } of readFolder("macros")) await db.run(sql);
  for (const macro of ruleMacros(rules)) await db.run(macro);
  const variables = referenceVariables(rules);
  for (const [name, json] of Object.entries(variables)) await setVariable(db, name, json);
  await setVariable(db, "reader", readerFingerprint(JSON.stringify(variables), ...ruleMacros(rules)));
  for (const { sql } of readFolder("reference")) await db.run(sql);
}

/** Reads a file of pulled rows into its staging model, and makes sure that none got lost on the way. */
export async function stage(db: DuckDBConnection, { source, file, rows }: Pulled): Promise<void> {
  await setVariable(db, source, file);
  await db.run(readSql(`staging/stg_${source}`));
  await setVariable(db, "mart", `stg_${source}`);
  const [counted] = await rowsOf(db, readSql("engine/count_rows"));
  if (counted?.rows !== rows) {
    throw new Error(`${rows} rows of ${source} were pulled, but ${String(counted?.rows)} read back`);
  }
}

/** Builds all that follows from the staged rows: the snapshot, the intermediate models and the marts. */
export async function build(db: DuckDBConnection): Promise<void> {
  await db.run(readSql("engine/close"));
  await db.run(readSql("snapshot"));
  for (const layer of ["intermediate", "marts"] as const) {
    for (const { sql } of readModels(layer)) await db.run(sql);
  }
}

/** Rows of a broken check that are shown. */
const SHOWN = 3;

/** Runs every check. @throws SentinelError naming the first one that returns a row. */
export async function check(db: DuckDBConnection): Promise<void> {
  for (const { name, question, sql } of readModels("checks")) {
    const rows = await rowsOf(db, sql);
    if (rows.length === 0) continue;
    const shown = rows.slice(0, SHOWN).map((row) => JSON.stringify(row, bigIntAsText));
    throw new SentinelError({
      exitCode: EXIT.validation,
      cause: `The check ${name} (${question}) found ${rows.length} row${rows.length === 1 ? "" : "s"}: ${shown.join(", ")}.`,
      remedy: "Nothing was published; see which promise the database breaks.",
      command: "npm run validate",
    });
  }
}

function bigIntAsText(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
