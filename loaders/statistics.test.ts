import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { readSql } from "./models.ts";

async function ask(question: string): Promise<Record<string, unknown>[]> {
  const db = await (await DuckDBInstance.create(":memory:")).connect();
  for (const macro of ["wilson", "wilson_difference", "wilson_joint", "two_proportions", "holm"])
    await db.run(readSql(`macros/${macro}`));
  try {
    const last = (await db.runAndReadAll(question)).getRowObjectsJS();
    return last;
  } finally {
    db.closeSync();
  }
}

test.each([
  // R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3.
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
  [1, 10, 0.0179, 0.4042],
  [10, 10, 0.7225, 1],
])("Wilson's bounds of %i in %i are %f and %f", async (k, n, low, high) => {
  const [row] = await ask(`SELECT wilson_low(${k}, ${n}) AS low, wilson_high(${k}, ${n}) AS high`);
  expect(row?.low).toBeCloseTo(low, 4);
  expect(row?.high).toBeCloseTo(high, 4);
});

test("nothing of nothing has no rate and no bounds", async () => {
  expect(await ask("SELECT wilson_low(0, 0) AS low, wilson_high(0, 0) AS high, rate_of(0, 0) AS rate")).toEqual([
    { low: null, high: null, rate: null },
  ]);
});

test.each([
  // R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10.
  [56, 70, 48, 80, 0.0524, 0.3339],
  [9, 10, 3, 10, 0.1705, 0.809],
  [6, 7, 2, 7, 0.0582, 0.8062],
  [5, 56, 0, 29, -0.0381, 0.1926],
  [0, 10, 0, 20, -0.1611, 0.2775],
  [0, 10, 0, 10, -0.2775, 0.2775],
  [10, 10, 0, 20, 0.6791, 1],
  [10, 10, 0, 10, 0.6075, 1],
])("Newcombe's bounds of %i in %i less %i in %i are %f and %f", async (k1, n1, k2, n2, low, high) => {
  const sides = `${k1}, ${n1}, ${k2}, ${n2}`;
  const turned = `${k2}, ${n2}, ${k1}, ${n1}`;
  const [row] = await ask(
    `SELECT difference_low(${sides}) AS low, difference_high(${sides}) AS high, -difference_high(${turned}) AS turned_low`,
  );
  expect(row?.low).toBeCloseTo(low, 4);
  expect(row?.high).toBeCloseTo(high, 4);
  expect(row?.turned_low).toBeCloseTo(low, 4);
});

test("a difference to nothing has no bounds", async () => {
  expect(await ask("SELECT difference_low(1, 2, 0, 0) AS low, difference_high(0, 0, 1, 2) AS high")).toEqual([
    { low: null, high: null },
  ]);
});

test("Holm's method holds each family by itself, where a column or several tell families apart", async () => {
  const rows = await ask(
    `WITH tests AS (
       SELECT * FROM (VALUES ('x', 1, 0.01::DOUBLE), ('x', 1, 0.04), ('x', 2, 0.04), ('y', 1, 0.02), ('y', 1, NULL)) AS t (g, h, p_value)
     ) SELECT g, h, p_value, p_holm FROM holm('tests', family := (g, h)) ORDER BY g, h, p_value`,
  );
  expect(rows.map(({ p_holm }) => p_holm)).toEqual([0.02, 0.04, 0.04, 0.02, null]);
});

test("the two-proportion test gives the p-values of the normal distribution", async () => {
  // z = 1.959964 at p 0.05; 45 of 100 against 30 of 100 by hand: pooled 0.375, z = 2.19089, p = 0.02846.
  const [row] = await ask(
    `SELECT erfc(1.959963984540054 / sqrt(2)) AS five, erfc(0) AS one, two_proportion_p(45, 100, 30, 100) AS p,
       two_proportion_p(30, 100, 45, 100) AS swapped, two_proportion_p(0, 10, 0, 20) AS none,
       two_proportion_p(1, 2, 0, 0) AS alone`,
  );
  expect(row?.five).toBeCloseTo(0.05, 7);
  expect(row?.one).toBeCloseTo(1, 6);
  expect(row?.p).toBeCloseTo(0.02846, 5);
  expect(row?.swapped).toBe(row?.p);
  expect(row).toMatchObject({ none: 1, alone: null });
});

test("Holm's method, against a case worked by hand", async () => {
  // Sorted 0.01, 0.02, 0.03, 0.04 times 4, 3, 2, 1 is 0.04, 0.06, 0.06, 0.04, and never less than the one before.
  const rows = await ask(
    `WITH tests AS (
       SELECT * FROM (VALUES ('a', 0.04::DOUBLE), ('b', 0.01), ('c', 0.03), ('d', NULL), ('e', 0.02)) AS t (name, p_value)
     ) SELECT name, p_holm FROM holm('tests') ORDER BY name`,
  );
  const adjusted = Object.fromEntries(rows.map(({ name, p_holm }) => [name, p_holm]));
  expect(adjusted.d).toBeNull();
  expect(adjusted.b).toBeCloseTo(0.04, 12);
  for (const name of ["a", "c", "e"]) expect(adjusted[name]).toBeCloseTo(0.06, 12);
});

test("tied p-values get the same, and none exceeds 1", async () => {
  const rows = await ask(
    "WITH tests AS (SELECT unnest([0.3, 0.3, 0.9]::DOUBLE[]) AS p_value) SELECT p_holm FROM holm('tests') ORDER BY p_value",
  );
  expect(rows.map(({ p_holm }) => Number(Number(p_holm).toFixed(12)))).toEqual([0.9, 0.9, 0.9]);
});

test.each([
  [2, 2.2414027276],
  [5, 2.5758293035],
  [10, 2.8070337683],
  [1000, 4.0556269811],
])("%i intervals that hold together have z %f each", async (intervals, z) => {
  const [row] = await ask(`SELECT joint_z(${intervals}) AS z, joint_z(1) AS one`);
  expect(row?.z).toBeCloseTo(z, 7);
  expect(row?.one).toBeCloseTo(1.959963985, 8);
});

test("at the usual z the bounds are the usual ones", async () => {
  const [row] = await ask(
    `SELECT bool_and(abs(wilson_low_at(k, 40, joint_z(1)) - wilson_low(k, 40)) < 1e-12
       AND abs(wilson_high_at(k, 40, joint_z(1)) - wilson_high(k, 40)) < 1e-12) AS same FROM range(41) AS t (k)`,
  );
  expect(row?.same).toBe(true);
});

test("all ranks of twenty regions lie within their bounds in 95 of 100 stages or more, and the bounds say something", async () => {
  // Each stage is a sample of its own: regions whose true rates rise by 0.0001 in the order of their names, and one far above them.
  const next = seeded(11);
  const rows = Array.from({ length: 300 }, (_, stage) =>
    Array.from({ length: 20 }, (_, region) => {
      const rate = region === 19 ? 0.5 : 0.2 + region * 0.0001;
      const failures = Array.from({ length: 400 }, next).filter((u) => u < rate).length;
      return `('${stage}', ${stage}, '${String.fromCharCode(97 + region)}', 400, ${failures})`;
    }).join(", "),
  );
  const mart = readSql("marts/bottleneck_ranking");
  const [row] = await ask(
    `CREATE TABLE int_region_stage AS SELECT * FROM (VALUES ${rows.join(", ")}) AS t (stage, stage_ordinal, region, at_risk, failures);
     ${mart}
     SELECT
       avg(held::INTEGER) AS held, avg(sure::INTEGER) AS sure
     FROM (
       SELECT stage, bool_and(20 - (ascii(region) - 97) BETWEEN rank_low AND rank_high) AS held,
         bool_or(region = 't' AND rank_low = 1 AND rank_high = 1) AS sure
       FROM bottleneck_ranking GROUP BY stage
     )`,
  );
  expect(Number(row?.held)).toBeGreaterThanOrEqual(0.95);
  expect(row?.sure).toBe(1);
});

/** Numbers from 0 to 1, the same every time. Source: T. Ettinger, mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
