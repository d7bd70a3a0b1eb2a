import { type DuckDBConnection, DuckDBInstance, listValue } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seed32, sourceOf, unitOf } from "../pipelines/domain/random.ts";
import { UPDATE_STAGES } from "../pipelines/domain/vocabulary.ts";
import { readFolder, readModels } from "./models.ts";

/** Fleets that differ by their seed alone. */
const SEEDS = 1_000;
const SIZES = [3_200, 2_600, 2_000, 1_400, 800];
const PATIENCE_MS = 300_000;
const STAGES = UPDATE_STAGES.filter((stage) => stage !== "SUCCEEDED");

interface Cohort {
  readonly region: string;
  readonly reached: number;
  readonly failed: boolean;
  readonly devices: number;
}

let db: DuckDBConnection;
beforeAll(async () => {
  db = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
  for (const { sql } of readFolder("macros")) await db.run(sql);
  await db.run("CREATE TABLE ref_stage AS SELECT unnest($1::VARCHAR[]) AS stage, unnest($2::INTEGER[]) AS ordinal", [
    listValue([...UPDATE_STAGES]),
    listValue(UPDATE_STAGES.map((_, at) => at + 1)),
  ]);
});
afterAll(() => db.closeSync());

/** Each device fails by the same chance as every other of its region, at any stage alike. */
function drawn(seed: number, rates: readonly number[]): Cohort[] {
  const key = seed32(seed);
  let device = 0;
  return SIZES.flatMap((size, region) => {
    const stopped = STAGES.map(() => 0);
    for (const end = device + size; device < end; device++) {
      const source = sourceOf(key, device);
      if (unitOf(source, 0) >= (rates[region] as number)) continue;
      const at = Math.floor(unitOf(source, 1) * STAGES.length);
      stopped[at] = (stopped[at] as number) + 1;
    }
    const failed = stopped.reduce((sum, devices) => sum + devices);
    const of = { region: `region ${region}` };
    return [
      { ...of, reached: UPDATE_STAGES.length, failed: false, devices: size - failed },
      ...stopped.map((devices, at) => ({ ...of, reached: at + 1, failed: true, devices })),
    ];
  });
}

/** How many places a mart, made as a report makes it, tells apart from the rest of a fleet. */
async function toldApart(mart: Mart, seed: number, rates: readonly number[]): Promise<number> {
  await db.run("BEGIN");
  await db.run(COHORTS, [JSON.stringify(drawn(seed, rates))]);
  for (const name of [INTERMEDIATE[mart], mart]) await db.run(sqlOf(name));
  const rows = (await db.runAndReadAll(TOLD_APART[mart])).getRowsJson();
  await db.run("ROLLBACK");
  return Number(rows[0]?.[0]);
}

type Mart = "region_failure" | "region_stage_failure";
const INTERMEDIATE = { region_failure: "int_region", region_stage_failure: "int_region_stage" } as const;
const TOLD_APART = {
  region_failure: "SELECT count(*) FROM region_failure WHERE verdict <> 'no detectable difference'",
  region_stage_failure: "SELECT count(*) FROM region_stage_failure WHERE significant",
} as const;
const COHORTS = `CREATE TABLE int_cohort AS SELECT unnest(from_json($1,
  '[{"region": "VARCHAR", "reached": "INTEGER", "failed": "BOOLEAN", "devices": "BIGINT", "update_status": "VARCHAR"}]'), recursive := true)`;

/** The share of seeds by which a mart tells nothing, and something, apart. */
async function quiet(mart: Mart, seeds: number, rates: readonly number[]): Promise<number> {
  let quiet = 0;
  for (let seed = 1; seed <= seeds; seed++) if ((await toldApart(mart, seed, rates)) === 0) quiet++;
  return quiet / seeds;
}

const models = [...readModels("intermediate"), ...readModels("marts")];
const sqlOf = (name: string): string => models.find((model) => model.name === name)?.sql ?? "";

const alike = (rate: number): number[] => SIZES.map(() => rate);

test.each([0.33, 0.04, 0.9])(
  "Wilson's intervals hold a rate of %f in 93 to 97 of 100 fleets, in each region",
  async (rate) => {
    const failures = Array.from({ length: SEEDS }, (_, seed) => failed(drawn(seed + 1, alike(rate))));
    for (const [region, size] of SIZES.entries()) {
      const counts = listValue(failures.map((of) => of[region] as number));
      const rows = await db.runAndReadAll(
        `SELECT avg((wilson_low(k, ${size}) <= ${rate} AND wilson_high(k, ${size}) >= ${rate})::INTEGER)
       FROM (SELECT unnest($1::INTEGER[]) AS k)`,
        [counts],
      );
      const covered = Number(rows.getRowsJson()[0]?.[0]);
      expect(covered).toBeGreaterThanOrEqual(0.93);
      expect(covered).toBeLessThanOrEqual(0.97);
    }
  },
);

const failed = (cohorts: readonly Cohort[]): number[] =>
  SIZES.map((_, region) =>
    cohorts
      .filter((cohort) => cohort.failed && cohort.region === `region ${region}`)
      .reduce((sum, { devices }) => sum + devices, 0),
  );

test("of fleets whose regions are alike, 93 of 100 are called so", { timeout: PATIENCE_MS }, async () => {
  expect(await quiet("region_failure", SEEDS, alike(0.33))).toBeGreaterThanOrEqual(0.93);
});

test("no cell of a heatmap stands out in 93 of 100 such fleets", { timeout: PATIENCE_MS }, async () => {
  expect(await quiet("region_stage_failure", SEEDS / 5, alike(0.33))).toBeGreaterThanOrEqual(0.93);
});

test("a region that is six points worse is told apart", { timeout: PATIENCE_MS }, async () => {
  expect(await quiet("region_failure", SEEDS / 5, [0.33, 0.33, 0.39, 0.33, 0.33])).toBeLessThanOrEqual(0.05);
});
