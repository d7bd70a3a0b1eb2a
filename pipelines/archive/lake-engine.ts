import type { DuckDBConnection } from "@duckdb/node-api";
import { setVariable } from "../../loaders/engine.ts";
import { fill } from "../db/sql.ts";
import { type ColumnOf, trustedNumberSql, trustedTimeSql } from "../domain/predicate-sql.ts";
import type { RuleSet } from "../domain/rules.ts";
import { type Lines, readLines, text } from "./engine.ts";

const NUMBERS = ["attempts", "battery_voltage", "signal_strength", "storage_free_mb"] as const;

/** As a person let it stand or corrected it, else as it was reported. */
const judged: ColumnOf = (field) => (field === "device_id" ? "j.device_id" : `j.judged_${field}`);

/** Loads what devices name by numbers, and what persons say of them. */
export async function loadWords(db: DuckDBConnection, words: Readonly<Record<string, Lines>>): Promise<void> {
  await readLines(db, words);
  await db.run(text("lake_words"));
}

/** Writes the devices of some lines, with their words put back and their numbers judged, as one Parquet file. Returns how many it holds. */
export async function writePart(db: DuckDBConnection, rules: RuleSet, lines: Lines, target: string): Promise<number> {
  await readLines(db, { device: lines });
  await setVariable(db, "target", target);
  const numbers = NUMBERS.map(
    (field) =>
      [`trusted_${field}`, () => trustedNumberSql(rules, field, judged, "duckdb", `j.waived['${field}']`)] as const,
  );
  const { rowsChanged } = await db.run(
    fill(text("lake_part"), {
      ...Object.fromEntries(numbers),
      trusted_reported_at: () => trustedTimeSql(rules, "reported_at", judged, "duckdb", "j.waived['reported_at']"),
    }),
  );
  return rowsChanged;
}
