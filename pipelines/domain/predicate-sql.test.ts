import { readFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import type pg from "pg";
import { beforeAll, expect, test } from "vitest";
import { emptyDatabase } from "../../test/support/database.ts";
import { session } from "../../test/support/fleet.ts";
import { hostileValues } from "../../test/support/hostile.ts";
import { copyField } from "../db/copy.ts";
import { copyIn } from "../db/copy-in.ts";
import { findingsOf, judges, placeOf, type Values, type Verdict } from "./judge.ts";
import type { Policy, PolicyRule } from "./policy.ts";
import { holds, type Predicate } from "./predicate.ts";
import { type Dialect, findingSql, policyRuleSql, predicateSql, trustedNumberSql } from "./predicate-sql.ts";
import type { Finding, RuleSet } from "./rules.ts";
import { TELEMETRY_FIELDS, type TelemetryField } from "./vocabulary.ts";

const read = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../data/${file}`, import.meta.url), "utf8"));
const rules = read("rules/default.json") as RuleSet;
const policy = read("policy/default.json") as Policy;

const ROWS = 4500;
/** Each value comes once in each field; the fields of one row hold values far apart. */
const values = hostileValues(ROWS);
const at = (row: number): string | null => values[row % values.length] ?? null;
type Row = Readonly<Record<TelemetryField, string | null>>;
const rows: Row[] = values.map((value, no) => ({
  battery_voltage: value,
  signal_strength: at(no + 1009),
  storage_free_mb: at(no + 2003),
}));

type Answer = Record<string, string | number | boolean | null>;
type Engine = (select: string) => Promise<Answer[]>;
const answers: Partial<Record<Dialect, Engine>> = {};

beforeAll(async () => {
  const database = await emptyDatabase();
  answers.postgres = (select) =>
    session(database.url, async (client) => {
      await store(client);
      return (await client.query<Answer>(`SELECT ${select} FROM r ORDER BY no`)).rows;
    });
  const duckdb = await (await DuckDBInstance.create(":memory:")).connect();
  await duckdb.run(`CREATE TABLE r (no INTEGER, ${TELEMETRY_FIELDS.map((field) => `${field} VARCHAR`).join(", ")})`);
  const appender = await duckdb.createAppender("r");
  for (const [no, row] of rows.entries()) {
    appender.appendInteger(no);
    for (const field of TELEMETRY_FIELDS) {
      const value = row[field];
      if (value === null) appender.appendNull();
      else appender.appendVarchar(value);
    }
    appender.endRow();
  }
  appender.closeSync();
  answers.duckdb = async (select) =>
    (await duckdb.runAndReadAll(`SELECT ${select} FROM r ORDER BY no`)).getRowObjectsJS() as Answer[];
  return () => database.drop();
});

async function store(client: pg.Client): Promise<void> {
  await client.query(`CREATE TEMP TABLE r (no int, ${TELEMETRY_FIELDS.map((field) => `${field} text`).join(", ")})`);
  const line = (row: Row, no: number) =>
    `${[no, ...TELEMETRY_FIELDS.map((field) => copyField(row[field]))].join("\t")}\n`;
  await copyIn(client, [{ into: "COPY r FROM STDIN", lines: Buffer.from(rows.map(line).join("")) }]);
}

const [judgeBattery, judgeSignal, judgeStorage] = judges(rules, policy, TELEMETRY_FIELDS);
const judge = (row: Row): Values<Verdict> => [
  judgeBattery(row.battery_voltage),
  judgeSignal(row.signal_strength),
  judgeStorage(row.storage_free_mb),
];
const evaluate = (row: Row): Finding[] => findingsOf(judge(row));
const decide = (row: Row): PolicyRule | undefined => policy.rules[placeOf(judge(row))];

const ask = (dialect: Dialect, select: (dialect: Dialect) => readonly string[]): Promise<Answer[]> =>
  answers[dialect]?.(select(dialect).join(", ")) ?? Promise.reject(new Error(`${dialect} is not there`));

/** The rows for which an engine answers otherwise, with their values, so that a failure can be read. */
const differences = (got: readonly Answer[], wanted: readonly Answer[]) =>
  wanted.flatMap((answer, no) =>
    JSON.stringify(answer) === JSON.stringify(got[no]) ? [] : [{ row: rows[no], wanted: answer, got: got[no] }],
  );

test("the rows reach every rule of the shipped set, and every branch of its policy", () => {
  expect(rows.length).toBeGreaterThanOrEqual(3000);
  const found = new Set(rows.flatMap((row) => evaluate(row).map(({ rule }) => rule)));
  expect(found).toEqual(new Set(rules.rules.map(({ id }) => id)));
  const decided = new Set(rows.filter((row) => evaluate(row).length === 0).map((row) => decide(row)?.id));
  expect(decided).toEqual(new Set(policy.rules.map(({ id }) => id)));
});

test.each<Dialect>(["postgres", "duckdb"])(
  "%s finds what the evaluator finds, and decides as it does",
  async (dialect) => {
    const wanted = rows.map((row) => {
      const findings = new Map(evaluate(row).map(({ field, rule }) => [field, rule]));
      const found = Object.fromEntries(TELEMETRY_FIELDS.map((field) => [field, findings.get(field) ?? null]));
      return { ...found, decides: decide(row)?.id ?? null };
    });
    const got = await ask(dialect, (as) => [
      ...TELEMETRY_FIELDS.map((field) => `${findingSql(rules, field, `r.${field}`, as)} AS ${field}`),
      `${policyRuleSql(policy, "r", as)} AS decides`,
    ]);
    expect(got).toHaveLength(rows.length);
    expect(differences(got, wanted)).toEqual([]);
  },
);

test.each<Dialect>(["postgres", "duckdb"])("%s reads the same double where a value is trusted", async (dialect) => {
  const wanted = rows.map((row) => {
    const faulty = new Set(evaluate(row).map(({ field }) => field));
    return Object.fromEntries(TELEMETRY_FIELDS.map((field) => [field, faulty.has(field) ? null : Number(row[field])]));
  });
  const got = await ask(dialect, (as) =>
    TELEMETRY_FIELDS.map((field) => `${trustedNumberSql(rules, field, `r.${field}`, as)} AS ${field}`),
  );
  expect(differences(got, wanted)).toEqual([]);
});

/** Every kind, with bounds at the thresholds, at the ends of what a double holds, and anywhere. */
const bound = fc.oneof(
  fc.constantFrom(6, 16, 12.5, 0, -0, 100, -999, 1e-300, 5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, 1e21, 1e-7),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -1000, max: 1000, noNaN: true }),
);
const predicate: fc.Arbitrary<Predicate> = fc.oneof(
  fc.record({ kind: fc.constantFrom("missing", "not_number", "any") }),
  fc.record({ kind: fc.constantFrom("equals", "above"), value: bound }),
  fc.record({ kind: fc.constant("outside"), min: bound, max: bound }),
) as fc.Arbitrary<Predicate>;

test.each<Dialect>(["postgres", "duckdb"])(
  "%s takes every kind of predicate with any bounds as holds does",
  async (dialect) => {
    const predicates = fc.sample(predicate, { seed: 7, numRuns: 60 });
    expect(new Set(predicates.map(({ kind }) => kind)).size).toBe(6);
    const wanted = rows.map((row) =>
      Object.fromEntries(predicates.map((test, no) => [`p${no}`, holds(test, row.battery_voltage)])),
    );
    const got = await ask(dialect, (as) =>
      predicates.map((test, no) => `${predicateSql(test, "r.battery_voltage", as)} AS p${no}`),
    );
    expect(differences(got, wanted)).toEqual([]);
  },
);
