import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { expect, onTestFinished, test } from "vitest";
import { begin, build, prepare, stage } from "./build.ts";
import { writeDatabase } from "./engine.ts";
import { parseHeader } from "./header.ts";
import { openLanes } from "./lanes.ts";
import { MARTS } from "./mart.ts";
import { LAYERS, type Model, readModels, readSql } from "./models.ts";
import { beginPull, findCampaign, pullDevices, pullSource, SOURCES } from "./pull.ts";
import { pullOthers } from "./pull-others.ts";
import { defaultRules, SHIPPED, trialOf } from "./testing/warehouse.ts";

const described = (model: Model): string[] => model.columns.map(({ name, type }) => `${name} ${type}`);

async function actual(db: DuckDBConnection, query: string): Promise<string[]> {
  const reader = await db.runAndReadAll(query);
  const types = reader.columnTypes();
  return reader.columnNames().map((name, index) => `${name} ${String(types[index])}`);
}

test("every header names the columns that the engine reports, with their types, in their order", async () => {
  const { client } = await trialOf(200);
  const folder = mkdtempSync(join(tmpdir(), "sentinel-headers-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  await beginPull(client, () => {});
  const place = { client, campaign: await findCampaign(client, undefined), folder };
  await writeDatabase(join(folder, "w.duckdb"), { memoryLimit: "100MB", spill: folder }, async (db, beside) => {
    await begin(db);
    await prepare(db, {
      rules: defaultRules(),
      policyName: "default",
      policy: SHIPPED.policy(),
      roi: SHIPPED.roi,
    });
    const pulled = [await pullDevices([place], () => {})];
    for (const source of SOURCES.slice(1)) pulled.push(await pullSource(place, source));
    pulled.push(...(await pullOthers(place)));
    const lanes = await openLanes(db, beside, 1_000);
    await stage(lanes, pulled);
    for (const model of readModels("staging")) {
      expect(await actual(db, `FROM ${model.name} LIMIT 0`), model.name).toEqual(described(model));
    }
    await build(lanes, defaultRules());
    for (const model of [...readModels("intermediate"), ...readModels("marts"), snapshotModel()]) {
      expect(await actual(db, `FROM ${model.name} LIMIT 0`), model.name).toEqual(described(model));
    }
    for (const model of readModels("checks")) {
      expect(await actual(db, model.sql), model.name).toEqual(described(model));
    }
  });
});

function snapshotModel(): Model {
  const sql = readSql("snapshot");
  return { ...parseHeader(sql), sql, madeFrom: [] };
}

test("every model asks a question, states its grain and means something by each column", () => {
  for (const model of LAYERS.flatMap((layer) => readModels(layer))) {
    expect(model.question, model.name).toMatch(/^[A-Z].*\?$/);
    expect(model.grain, model.name).toMatch(/^one row/);
    for (const { name, meaning } of model.columns)
      expect(meaning, `${model.name}.${name}`).toMatch(/^[A-Za-z0-9\\].*\.$/);
  }
});

test("marts promise an order and hold nothing that JSON could not", () => {
  for (const { name, order, columns } of MARTS) {
    expect(order, name).toBeTruthy();
    for (const { type } of columns) expect(["VARCHAR", "INTEGER", "DOUBLE", "BOOLEAN"], name).toContain(type);
  }
});

test("a header that describes no column is refused", () => {
  expect(() => parseHeader("-- model: x\nSELECT 1")).toThrow("-- columns:");
  expect(() => parseHeader("-- model: x\n-- columns:\n--   a INTEGER  One.\nSELECT 1")).toThrow("-- question:");
  const head = "-- model: x\n-- question: y?\n-- grain: one row\n-- columns:\n";
  expect(() => parseHeader(`${head}--   a INTEGER\nSELECT 1`)).toThrow("describes no column");
});
