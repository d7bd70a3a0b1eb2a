import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readDatabase, rowsOf, writeDatabase } from "./engine.ts";

/** Bytes of a block of a file with one table, made for so many devices. */
async function blockOf(devices?: number | Promise<number>): Promise<number> {
  const spill = mkdtempSync(join(tmpdir(), "sentinel-engine-"));
  onTestFinished(() => rmSync(spill, { recursive: true }));
  const file = join(spill, "w.duckdb");
  const options = { memoryLimit: "100MB", spill, ...(devices === undefined ? {} : { devices }) };
  await writeDatabase(file, options, (db) => db.run("CREATE TABLE one AS SELECT 1 AS n"));
  const [size] = await readDatabase(file, {}, (db) => rowsOf(db, "CALL pragma_database_size()"));
  return Number(size?.block_size);
}

test("a file for few devices has small blocks, one for many, or for nobody knows how many, large ones", async () => {
  expect(await blockOf(199_999)).toBe(16_384);
  expect(await blockOf(Promise.resolve(10_000))).toBe(16_384);
  expect(await blockOf(200_000)).toBe(262_144);
  expect(await blockOf()).toBe(262_144);
});

test("a file whose devices can't be told is not begun", async () => {
  const unknown = Promise.reject(new Error("no such campaign"));
  unknown.catch(() => {});
  await expect(blockOf(unknown)).rejects.toThrow("no such campaign");
});
