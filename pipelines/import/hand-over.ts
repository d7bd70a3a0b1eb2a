import { rm } from "node:fs/promises";
import { quote } from "../domain/predicate-sql.ts";
import { KNOWN_COLUMNS } from "./columns.ts";
import type { Desk } from "./desk.ts";
import type { ImportEngine } from "./engine.ts";
import { type Layout, wordTable } from "./layout.ts";
import { feed } from "./pour.ts";
import { RawRows } from "./raw-rows.ts";

/** The known columns as fields of a record. */
const fieldsOf = (value: (column: string) => string): string =>
  KNOWN_COLUMNS.map((column) => `if(${column} IS NULL, '', '='), ${value(column)}, chr(0)`).join(", ");
const PARTS = {
  columns: String(KNOWN_COLUMNS.length),
  values: KNOWN_COLUMNS.join(", "),
  fields: fieldsOf((column) => column),
  without_nul: fieldsOf((column) => `replace(${column}, chr(0), chr(1))`),
};

/** How DuckDB reads a file. */
export interface HandOver {
  readonly query: string;
  readonly parts?: Readonly<Record<string, string>>;
  /** Rows of the copy that it reads, where there is one. */
  readonly copied?: number;
}

/** Reads rows with DuckDB, by way of the words that tell their status where there are such, and has them judged and written as records. */
export async function handOver(desk: Desk, layout: Layout, { query, parts = {}, copied }: HandOver): Promise<void> {
  const { engine, source, records, raw } = desk;
  await read(engine, layout, query, parts);
  await engine.run("hand_over", { ...PARTS, raw: quote(raw) });
  const rows = new RawRows(records, layout.mapping?.several === "latest");
  await feed(source, raw, {
    async push(bytes) {
      rows.push(bytes);
      await records.flush();
    },
    end() {},
    taken: () => ({ rows: records.rows, damaged: records.rejects.length }),
  });
  await rm(raw);
  if (copied !== undefined && copied !== records.rows)
    throw new Error(`${records.rows} of ${copied} rows of the import were read`);
}

async function read(
  engine: ImportEngine,
  { columns, signals, mapping }: Layout,
  query: string,
  parts: Readonly<Record<string, string>>,
): Promise<void> {
  if (signals === undefined || !mapping)
    return void (await engine.run(query, { ...parts, relation: "VIEW source", columns }));
  // What is translated is read twice.
  const translated = { relation: "TABLE untranslated", columns: `${columns}, ${signals} AS signals` };
  await engine.run(query, { ...parts, ...translated });
  await engine.set("words", wordTable(mapping));
  await engine.run("translate");
}
