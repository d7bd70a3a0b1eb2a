import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Repair, repaired } from "../pipelines/domain/repair.ts";
import { repairSql } from "../pipelines/domain/repair-sql.ts";
import { hostileValues } from "../test/support/hostile.ts";
import { readSql } from "./models.ts";

const factor = fc.oneof(
  fc.constantFrom(0.001, 1000, 0.1, 1.1, 1e-7, -0.01, 3, 1e21, 1 / 3, 0.0009765625, 9007199254740991, 1e300, 5e-324),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => value !== 0),
);
const scales = fc.record({ kind: fc.constant("scale" as const), factor, digits: fc.nat(20) });
const nines = fc.tuple(fc.nat(30), fc.nat(30)).map(([a, b]) => `${"9".repeat(a + 1)}.${"9".repeat(b + 1)}5`);
const numbers = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.tuple(fc.integer(), fc.nat(999_999), fc.integer({ min: -99, max: 99 })).map(([a, b, c]) => `${a}.${b}E${c}`),
  fc.bigInt({ min: -(10n ** 63n) + 1n, max: 10n ** 63n - 1n }).map(String),
  nines,
);
const isStored = (raw: string | null): boolean => !raw?.includes("\0");
const drawn = fc.sample(fc.tuple(scales, fc.array(numbers, { minLength: 30, maxLength: 30 })), {
  numRuns: 40,
  seed: 11,
});
const hostile = hostileValues(1500).filter(isStored);
const OTHERS: readonly Repair[] = [
  { kind: "map", values: { NaN: "0", "it's": "it is", constructor: "x", "12,5": "12.5" } },
  { kind: "number" },
  { kind: "trim" },
  { kind: "scale", factor: 0.001, digits: 2 },
  { kind: "scale", factor: -1, digits: 0 },
];

test("DuckDB makes the same of 1,200 drawn numbers by drawn factors, and of 7,500 hostile values, as TypeScript and so PostgreSQL", async () => {
  const db = await (await DuckDBInstance.create(":memory:")).connect();
  await db.run(readSql("macros/scaled"));
  const made = async (repair: Repair, raws: readonly (string | null)[]): Promise<unknown[]> => {
    const reader = await db.runAndReadAll(
      `SELECT ${repairSql(repair, "r.raw", "duckdb")} AS value
       FROM (SELECT unnest(from_json($1, '["VARCHAR"]')) AS raw, generate_subscripts(from_json($1, '["VARCHAR"]'), 1) AS no) r ORDER BY r.no`,
      [JSON.stringify(raws)],
    );
    return reader.getRowsJson().map(([value]) => value);
  };
  for (const [repair, raws] of [...drawn, ...OTHERS.map((repair) => [repair, hostile] as const)])
    expect(await made(repair, raws), JSON.stringify(repair)).toEqual(raws.map((raw) => repaired(repair, raw) ?? null));
  db.closeSync();
}, 60_000);
