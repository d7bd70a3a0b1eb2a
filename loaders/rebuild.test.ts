import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { MARTS, readMart } from "./mart.ts";
import { readModels, readSql } from "./models.ts";
import { rebuildWarehouse } from "./rebuild.ts";
import { readSnapshot } from "./snapshot.ts";
import { defaultRules, SHIPPED, trialOf } from "./testing/warehouse.ts";

test("a warehouse made again from what another has staged is the same, mart for mart", async () => {
  const trial = await trialOf(2000);
  const { path } = await trial.refresh();
  const folder = mkdtempSync(join(tmpdir(), "sentinel it's "));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const target = join(folder, "again.duckdb");
  await rebuildWarehouse({
    ...{ warehouse: path, target, spill: folder, rules: defaultRules },
    ...SHIPPED,
    roi: () => SHIPPED.roi,
  });
  for (const { name } of MARTS) expect(await readMart(target, name), name).toEqual(await readMart(path, name));
  const [again, former] = [await readSnapshot(target), await readSnapshot(path)];
  expect({ ...again, path }).toEqual(former);
});

test("whatever is staged is taken", () => {
  const taken = [...readSql("engine/take_staging").matchAll(/^CREATE TABLE (\w+) AS FROM former\.\1;$/gm)];
  expect(taken.map(([, name]) => name)).toEqual(readModels("staging").map(({ name }) => name));
});
