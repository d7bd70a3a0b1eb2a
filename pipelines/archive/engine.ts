import { readFileSync } from "node:fs";
import type { DuckDBConnection } from "@duckdb/node-api";
import { rowsOf, setVariable, writeDatabase } from "../../loaders/engine.ts";
import { readSql } from "../../loaders/models.ts";
import { saysCounted, TABLES, type TableName } from "./tables.ts";

/** Enough for the buffers of the widest table of a backup; a fleet is never in memory. */
const MEMORY = "160MB";

export interface EngineOptions {
  /** Folder for what does not fit into memory. */
  readonly spill: string;
  /** The only files that can be read and written. */
  readonly paths: readonly string[];
  /** What DuckDB may use, for example 200MB. */
  readonly memory?: string;
  readonly signal: AbortSignal;
}

/** Works with a DuckDB that holds nothing and reaches nothing but the named files. */
export function withEngine<T>(
  { spill, paths, memory = MEMORY, signal }: EngineOptions,
  work: (db: DuckDBConnection) => Promise<T>,
): Promise<T> {
  return writeDatabase(":memory:", { memoryLimit: memory, spill, signal }, async (db) => {
    await db.run(readSql("macros/pulled"));
    await db.run(text("macros"));
    await setVariable(db, "paths", JSON.stringify(paths));
    await db.run(text("lock"));
    return await work(db);
  });
}

/** Lines of COPY's text format in a file. */
export interface Lines {
  readonly file: string;
  /** Bytes. */
  readonly longest: number;
}

/** Bytes: buffers below it would make reading slower. */
const LEAST_LINE = 1 << 20;

/** Has the macro `lines` read files by a name each. */
export async function readLines(db: DuckDBConnection, files: Readonly<Record<string, Lines>>): Promise<void> {
  const longest = Math.max(LEAST_LINE, ...Object.values(files).map((lines) => lines.longest + 1));
  await db.run(readSql("engine/longest_line"), [longest]);
  for (const [name, { file }] of Object.entries(files)) await setVariable(db, name, JSON.stringify([file]));
}

/** Writes the lines of a table as Parquet. */
export async function toParquet(db: DuckDBConnection, table: TableName, lines: Lines, target: string): Promise<void> {
  const columns = TABLES[table];
  await readLines(db, { source: lines });
  await setVariable(db, "types", JSON.stringify(columns));
  await setVariable(
    db,
    "shape",
    JSON.stringify(Object.fromEntries(Object.keys(columns).map((name) => [name, "VARCHAR"]))),
  );
  await setVariable(db, "target", target);
  await db.run(text("to_parquet"));
}

/** What a Parquet file has for columns, each with its type, in order. */
export async function columnsOf(db: DuckDBConnection, file: string): Promise<[string, string][]> {
  await setVariable(db, "file", file);
  return (await rowsOf(db, text("columns"))).map(({ name, type }) => [String(name), String(type)]);
}

/** The rows of a small table. */
export async function smallTable(db: DuckDBConnection, file: string): Promise<Record<string, unknown>[]> {
  await setVariable(db, "file", file);
  return rowsOf(db, text("rows"));
}

/** What of an archive is called otherwise where it is imported. */
export interface NewNames {
  /** Of the archive. */
  readonly format: number;
  readonly campaign: number;
  /** The number here, by the archive's. */
  readonly rules: Readonly<Record<number, number>>;
  /** The id here, by the archive's, of those that can't keep theirs. */
  readonly runs: Readonly<Record<string, string>>;
}

const OPENED_BY: Partial<Record<TableName, string>> = {
  decision: "open_decision",
  audit: "open_audit",
  run: "open_run",
  batch: "open_of_run",
  validation: "open_of_run",
};

/** Characters that are sent together. */
const BLOCK = 1 << 20;

/** The rows of a table as lines of COPY's text format, under their new names, so many at a time. */
export async function* copyLines(
  db: DuckDBConnection,
  table: TableName,
  file: string,
  { format, campaign, rules, runs }: NewNames,
): AsyncGenerator<{ rows: number; lines: Buffer }> {
  await setVariable(db, "file", file);
  await setVariable(db, "campaign", String(campaign));
  await setVariable(db, "rules", JSON.stringify(rules));
  await setVariable(db, "runs", JSON.stringify(runs));
  const isUncounted = table === "outcome" && !saysCounted(format);
  await db.run(text(isUncounted ? "open_uncounted" : (OPENED_BY[table] ?? "open")));
  const result = await db.stream(text("lines"));
  let parts: string[] = [];
  let [rows, length] = [0, 0];
  for (;;) {
    const chunk = await result.fetchChunk();
    const isLast = !chunk || chunk.rowCount === 0;
    if (chunk && !isLast) {
      const part = chunk.getColumnValues(0).join("\n");
      parts.push(part, "\n");
      rows += chunk.rowCount;
      length += part.length;
    }
    if (rows > 0 && (isLast || length >= BLOCK)) {
      yield { rows, lines: Buffer.from(parts.join("")) };
      [parts, rows, length] = [[], 0, 0];
    }
    if (isLast) return;
  }
}

/** The text of a statement of `queries`. */
export function text(name: string): string {
  return readFileSync(new URL(`./queries/${name}.sql`, import.meta.url), "utf8");
}
