import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { writeDatabase } from "./engine.ts";
import { type Lanes, openLanes, overLanes } from "./lanes.ts";
import { type Model, readModels } from "./models.ts";

function inLanes<T>(work: (lanes: Lanes, file: string) => Promise<T>, devices = 1_000): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "sentinel-lanes-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "it's.duckdb");
  return writeDatabase(file, { memoryLimit: "100MB", spill: folder }, async (db, beside) =>
    work(await openLanes(db, beside, devices), file),
  );
}

const model = (name: string, madeFrom: string[], sql: string): Model => ({
  ...{ name, madeFrom, sql, question: "?", grain: "one row", order: undefined, columns: [] },
});

test("a model is made once those are that it is made from, and two lanes work at a time", async () => {
  const models = readModels("marts");
  const [begun, ended] = [[] as string[], [] as string[]];
  let most = 0;
  const names = await inLanes((lanes) =>
    overLanes(lanes, models, async (db, { name, madeFrom }) => {
      expect(ended, name).toEqual(expect.arrayContaining([...madeFrom]));
      begun.push(name);
      most = Math.max(most, begun.length - ended.length);
      await db.run("SELECT count(*) FROM range(1000)");
      ended.push(name);
      return name;
    }),
  );
  expect(models.some(({ madeFrom }) => madeFrom.length > 0)).toBe(true);
  expect(names).toEqual(models.map(({ name }) => name));
  expect([most, begun.length]).toEqual([2, models.length]);
});

test("of many devices one model is made at a time, with all memory to itself", async () => {
  let [begun, most] = [0, 0];
  const models = readModels("marts");
  const made = (lanes: Lanes) =>
    overLanes(lanes, models, async (db) => {
      most = Math.max(most, ++begun);
      await db.run("SELECT count(*) FROM range(1000)");
      begun -= 1;
    });
  expect(await inLanes(made, 10_000_000)).toHaveLength(models.length);
  expect(most).toBe(1);
});

test("what one lane has made the other reads, and no statement waits for a log", async () => {
  const rows = await inLanes((lanes, file) => {
    const models = [
      model("one", [], "CREATE TABLE one AS SELECT 1 AS n"),
      model("other", [], "CREATE TABLE other AS SELECT 2 AS n"),
      model("both", ["one", "other"], "CREATE TABLE both_of_them AS FROM one UNION ALL FROM other"),
      model("asked", ["both"], "SELECT sum(n)::INTEGER AS n FROM both_of_them"),
    ];
    return overLanes(lanes, models, async (db, { sql }) => {
      const { length } = (await db.runAndReadAll(sql)).getRows();
      expect(existsSync(`${file}.wal`)).toBe(false);
      return length;
    });
  });
  expect(rows.at(-1)).toBe(1);
});

test("a model that fails is told when nothing runs any more, and nothing is begun after it", async () => {
  const begun: string[] = [];
  let underWay = 0;
  await inLanes(async (lanes) => {
    const models = [
      model("slow", [], "SELECT count(*) FROM range(30000000) r WHERE hash(r.range) % 7 = 0"),
      model("wrong", [], "SELECT no_such_column"),
      model("later", ["wrong"], "SELECT 1"),
      model("last", [], "SELECT 1"),
    ];
    const all = overLanes(lanes, models, async (db, { name, sql }) => {
      begun.push(name);
      underWay += 1;
      await db.run(sql).finally(() => {
        underWay -= 1;
      });
    });
    await expect(all).rejects.toThrow("no_such_column");
    expect([begun, underWay]).toEqual([["slow", "wrong"], 0]);
  });
});
