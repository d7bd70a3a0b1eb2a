import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readDatabase, rowsOf, setVariable } from "./engine.ts";
import type { Header } from "./header.ts";
import { type Model, readModels, readSql } from "./models.ts";

export { readSnapshot, type Snapshot } from "./snapshot.ts";

const models: ReadonlyMap<string, Model> = new Map(readModels("marts").map((model) => [model.name, model]));

/** Every mart by name: its question, grain, order and columns, as the header of its file states them. */
export const MARTS: readonly Header[] = [...models.values()]
  .map(({ sql: _, madeFrom: __, ...header }) => header)
  .sort((a, b) => (a.name < b.name ? -1 : 1));

/** The rows of a mart in their stated order; nothing but text, finite numbers, booleans and null. */
export async function readMart(warehousePath: string, name: string): Promise<Record<string, unknown>[]> {
  const model = mart(name);
  return readDatabase(warehousePath, {}, async (db) => {
    await setVariable(db, "mart", model.name);
    return await rowsOf(db, readSql("engine/read_mart"));
  });
}

/** A mart as it is published. */
export interface PublishedMart {
  readonly header: Header;
  /** In their stated order. */
  readonly rows: Record<string, unknown>[];
  /** The same rows as a Parquet file. */
  readonly parquet: Buffer;
}

/** All marts, read in one session: to open the warehouse takes longer than to read most of them. */
export async function readMarts(warehousePath: string): Promise<PublishedMart[]> {
  const folder = await mkdtemp(join(tmpdir(), "sentinel-marts-"));
  try {
    return await readDatabase(warehousePath, { folder }, async (db) => {
      const marts: PublishedMart[] = [];
      for (const header of MARTS) {
        const file = join(folder, `${header.name}.parquet`);
        await setVariable(db, "mart", header.name);
        await setVariable(db, "target", file);
        await db.run(readSql("engine/write_parquet"));
        marts.push({ header, rows: await rowsOf(db, readSql("engine/read_mart")), parquet: await readFile(file) });
      }
      return marts;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The SQL that makes a mart, header and all. */
export function martSql(name: string): string {
  return mart(name).sql;
}

function mart(name: string): Model {
  const model = models.get(name);
  if (!model) throw new Error(`there is no mart named ${name}`);
  return model;
}
