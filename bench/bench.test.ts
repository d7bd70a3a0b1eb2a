import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import pg from "pg";
import { expect, inject, test } from "vitest";
import { median, quantile } from "./figures.ts";
import { rotated } from "./measure.ts";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
const run = promisify(execFile);

test("a tiny run prints one well-formed figure a line, and leaves no database behind", async () => {
  const url = inject("serverUrl");
  const { stdout } = await bench("--devices", "2000", "--rounds", "1", "--json", "--database-url", url);
  const figures: Record<string, unknown>[] = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const names = figures.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["ingest.ours.rate.2000", "recovery.ours.rate.2000"]));
  expect(names).toEqual(expect.arrayContaining(["ingest.ours.batch_p99.2000", "recovery.limit.hot_updates.2000"]));
  expect(new Set(names).size).toBe(names.length);
  for (const { value, against, limit, ratio, runs, ...rest } of figures) {
    expect(Object.keys(rest).sort()).toEqual(["goal", "name", "unit"]);
    expect([value, runs]).toEqual([expect.any(Number), 1]);
    expect(value).toBeGreaterThan(0);
    if (against === null) expect([limit, ratio]).toEqual([null, null]);
    else expect(ratio).toBeCloseTo(Number(value) / Number(limit));
  }
  expect(await benchDatabases(url)).toEqual([]);
});

test("a wrong option is refused with what it should be, and help names every option", async () => {
  await expect(bench("--devices", "many")).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining("whole") });
  await expect(bench("--fast")).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining("--help") });
  expect((await bench("--help")).stdout).toMatch(/--devices.*--rounds.*--database-url.*--json/s);
});

test("medians, quantiles and the order of rounds", () => {
  expect(median([5, 1, 3])).toBe(3);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([])).toBeUndefined();
  expect(quantile([3, 1, 2, 4], 0.5)).toBe(2);
  expect(quantile([3, 1, 2, 4], 0.99)).toBe(4);
  expect([0, 1, 2, 3].map((round) => rotated(["a", "b", "c"], round).join(""))).toEqual(["abc", "bca", "cab", "abc"]);
});

function bench(...args: string[]) {
  return run(process.execPath, ["--import", "tsx", main, ...args]);
}

async function benchDatabases(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query("SELECT datname FROM pg_database WHERE datname LIKE 'sentinel\\_bench\\_%'");
  await client.end();
  return rows.map(({ datname }) => datname);
}
