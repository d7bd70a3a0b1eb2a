import { expect, test } from "vitest";
import { SentinelError } from "../cli/errors.ts";
import { assertWithinBudget } from "./budget.ts";
import type { Inventory } from "./inventory.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const site = (files: Record<string, number>): Inventory =>
  Object.fromEntries(Object.entries(files).map(([path, bytes]) => [path, { bytes, sha256: "" }]));
const refusal = (files: Record<string, number>, weights: Record<string, number> = {}): string => {
  try {
    assertWithinBudget(site(files), weights);
  } catch (error) {
    expect(error).toBeInstanceOf(SentinelError);
    expect(error).toMatchObject({ exitCode: 6, command: "npm run report -- --no-site" });
    return (error as Error).message;
  }
  return "";
};

test.each([
  [{ "_file/data/marts/runs.0123abcd.json": 256 * KIB }],
  [{ "_file/data/marts/triage_open.0123abcd.json": 25 * MIB, "_file/data/marts/triage_open.4567abcd.csv": 15 * MIB }],
  [{ "index.html": 640 * KIB, "_npm/plot/0123abcd.js": 4 * MIB - 60 * KIB }, { "index.html": 60 * KIB }],
  [{ "report.html": 300 * KIB }, { "report.html": 70 * KIB }],
  [{ "_npm/plot/0123abcd.js": 4 * MIB, "_npm/@duckdb/duckdb-wasm@1.32.0/dist/duckdb-eh.wasm.gz": 10 * MIB }],
  [{ "_npm/plot/0123abcd.js": 4 * MIB, "data/marts/triage_open.parquet": 25 * MIB }],
])("%o is within the budget", (files, weights?: Record<string, number>) => {
  expect(refusal(files, weights)).toBe("");
});

test.each([
  [{ "_file/data/marts/runs.0123abcd.json": 256 * KIB + 512 }, "data/marts/runs.json: 256.5 KiB, limit 256 KiB"],
  [{ "_file/own/sales.0123abcd.csv": 300 * KIB }, "own/sales.csv: 300 KiB, limit 256 KiB"],
  [{ "_file/own/triage_open.0123abcd.json": MIB }, "own/triage_open.json: 1,024 KiB, limit 256 KiB"],
  [{ "_file/data/marts/triage_open.0123abcd.json": 26 * MIB }, "data/marts/triage_open.json: 26,624 KiB, limit 25,600"],
  [
    { "_file/data/marts/triage_open.0123abcd.json": 24 * MIB, "_file/data/marts/triage_open.4567abcd.csv": 17 * MIB },
    "all data files together: 41,984 KiB, limit 40,960 KiB",
  ],
  [{ "data/marts/runs.parquet": 257 * KIB }, "data/marts/runs.parquet: 257 KiB, limit 256 KiB"],
  [
    Object.fromEntries(
      ["csv", "json", "parquet", "sql"].map((format) => [`data/marts/triage_open.${format}`, 21 * MIB]),
    ),
    "all downloads together: 86,016 KiB, limit 81,920 KiB",
  ],
  [{ "_npm/@duckdb/a.gz": 6 * MIB, "_npm/@duckdb/b.gz": 5 * MIB }, "the SQL engine: 11,264 KiB, limit 10,240 KiB"],
  [{ "report.html": 301 * KIB }, "report.html: 301 KiB, limit 300 KiB"],
  [{ "_npm/huge.js": 5 * MIB }, "the site without its data, its pages compressed: 5,120 KiB, limit 4,096 KiB"],
])("%o is not", (files, words) => {
  expect(refusal(files)).toContain(words);
});

test("a page that is too heavy on its way is not", () => {
  expect(refusal({}, { "deep/index.html": 61 * KIB })).toContain(
    "the page deep/index.html, compressed: 61 KiB, limit 60 KiB",
  );
});
