import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Marts } from "./fleet-fixture.ts";

const MARTS = new URL("../../loaders/marts/", import.meta.url);
const COLUMN = /^-- {3}(\w+)\s+([A-Z]+)\s/gm;

/** The columns of each mart, in the words of DuckDB, from the headers of the marts themselves. */
async function schemas(): Promise<[mart: string, columns: [name: string, type: string][]][]> {
  const files = (await readdir(MARTS)).filter((file) => file.endsWith(".sql")).sort();
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(new URL(file, MARTS), "utf8");
      const columns = [...text.matchAll(COLUMN)].map(([, name = "", type = ""]): [string, string] => [name, type]);
      return [file.slice(0, -".sql".length), columns];
    }),
  );
}

/** Writes a DuckDB file that holds the given rows as marts. */
export async function writeWarehouse(path: string, marts: Marts): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "sentinel-marts-"));
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    for (const [name, columns] of await schemas()) {
      await connection.run(
        `CREATE TABLE ${name} (${columns.map(([column, type]) => `"${column}" ${type}`).join(", ")})`,
      );
      const rows = marts[name] ?? [];
      if (rows.length === 0) continue;
      const file = join(folder, `${name}.json`);
      await writeFile(file, JSON.stringify(rows));
      await connection.run(
        `INSERT INTO ${name} BY NAME SELECT * FROM read_json('${file}', columns = ${struct(columns)})`,
      );
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}

function struct(columns: readonly (readonly [name: string, type: string])[]): string {
  return `{${columns.map(([name, type]) => `'${name}': '${type}'`).join(", ")}}`;
}
