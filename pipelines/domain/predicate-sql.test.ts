import { readFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import type pg from "pg";
import { beforeAll, describe, expect, test } from "vitest";
import { emptyDatabase } from "../../test/support/database.ts";
import { session } from "../../test/support/fleet.ts";
import { hostileReports, hostileValues } from "../../test/support/hostile.ts";
import { predicate, ruleSet } from "../../test/support/rule-sets.ts";
import { copyField } from "../db/copy.ts";
import { copyIn } from "../db/copy-in.ts";
import { casesOf } from "./condition.ts";
import { contextual, mixedPolicy } from "./examples.fixture.ts";
import { Judge } from "./judge.ts";
import { askedOneByOne } from "./one-by-one.fixture.ts";
import type { Policy } from "./policy.ts";
import { holds, PREDICATE_KINDS, readNumber } from "./predicate.ts";
import {
  type ColumnOf,
  DEPENDS,
  type Dialect,
  faultFields,
  findingSql,
  policyRuleSql,
  predicateSql,
  trustedNumberSql,
  valueFindingSql,
} from "./predicate-sql.ts";
import { decisive, type Finding, type RuleSet } from "./rules.ts";
import { REPORT_COLUMNS, RULE_FIELDS, type RuleField, TELEMETRY_FIELDS } from "./vocabulary.ts";

const read = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../data/${file}`, import.meta.url), "utf8"));
const shippedRules = read("rules/default.json") as RuleSet;
const shippedPolicy = read("policy/default.json") as Policy;

/** Near times and near numbers everywhere; each hostile value once in each telemetry field, those of one row far apart; then whole reports, likely and hostile. */
const values = hostileValues(4500);
const at = (row: number): string | null => values[row % values.length] ?? null;
type Row = Readonly<Record<RuleField, string | null>>;
const nothing = Object.fromEntries(RULE_FIELDS.map((field) => [field, null])) as Row;
/** A time with each of its characters replaced by what may stand there, by what may not, and by nothing. */
const nearTimes = ["2026-03-02T00:00:00.000Z", "2026-03-02T00:00:00Z"].flatMap((time) =>
  [...time].flatMap((_, no) =>
    [..."01234569:-TZ. \u0663", "", "00"].map((other) => time.slice(0, no) + other + time.slice(no + 1)),
  ),
);
/** Numbers of every shape that is looked up, likewise. */
const nearNumbers = "7 12 999 5497 10240 654321 1048577 0.5 12.6 100.1 8.25 12.66 100.01"
  .split(" ")
  .flatMap((number) =>
    [...number].flatMap((_, no) =>
      [..."0159.-+eE, \u0663", "", "00", ".."].map((other) => number.slice(0, no) + other + number.slice(no + 1)),
    ),
  );
const everywhere = (text: string) => Object.fromEntries(RULE_FIELDS.map((field) => [field, text])) as Row;
const rows: Row[] = [
  ...nearTimes.map(everywhere),
  ...values.map((value, no) => ({
    ...nothing,
    battery_voltage: value,
    signal_strength: at(no + 1009),
    storage_free_mb: at(no + 2003),
  })),
  ...hostileReports(4500),
  ...nearNumbers.map(everywhere),
];

type Answer = Record<string, string | number | boolean | null>;
type Engine = (statement: string) => Promise<Answer[]>;
const answers: Partial<Record<Dialect, Engine>> = {};

beforeAll(async () => {
  const database = await emptyDatabase();
  await session(database.url, store);
  answers.postgres = (statement) =>
    session(database.url, async (client) => (await client.query<Answer>(statement)).rows);
  const duckdb = await (await DuckDBInstance.create(":memory:")).connect();
  await duckdb.run(`CREATE TABLE r (no INTEGER, ${RULE_FIELDS.map((field) => `${field} VARCHAR`).join(", ")})`);
  const appender = await duckdb.createAppender("r");
  for (const [no, row] of rows.entries()) {
    appender.appendInteger(no);
    for (const field of RULE_FIELDS) {
      const value = row[field];
      if (value === null) appender.appendNull();
      else appender.appendVarchar(value);
    }
    appender.endRow();
  }
  appender.closeSync();
  answers.duckdb = async (statement) => (await duckdb.runAndReadAll(statement)).getRowObjectsJS() as Answer[];
  return () => database.drop();
});

async function store(client: pg.Client): Promise<void> {
  await client.query(`CREATE TABLE r (no int PRIMARY KEY, ${RULE_FIELDS.map((field) => `${field} text`).join(", ")})`);
  const line = (row: Row, no: number) => `${[no, ...RULE_FIELDS.map((field) => copyField(row[field]))].join("\t")}\n`;
  await copyIn(client, [{ into: "COPY r FROM STDIN", lines: Buffer.from(rows.map(line).join("")) }]);
}

const inRow: ColumnOf = (field) => `r.${field}`;

const tell = (dialect: Dialect, statement: string): Promise<Answer[]> =>
  answers[dialect]?.(statement) ?? Promise.reject(new Error(`${dialect} is not there`));
const ask = (dialect: Dialect, select: (dialect: Dialect) => readonly string[]): Promise<Answer[]> =>
  tell(dialect, `SELECT ${select(dialect).join(", ")} FROM r ORDER BY no`);

/** The rows for which an engine answers otherwise, with their values, so that a failure can be read. */
const differences = (got: readonly Answer[], wanted: readonly Answer[]) =>
  wanted.flatMap((answer, no) =>
    JSON.stringify(answer) === JSON.stringify(got[no]) ? [] : [{ row: rows[no], wanted: answer, got: got[no] }],
  );

const SETS: [string, RuleSet, Policy][] = [
  ["shipped", shippedRules, shippedPolicy],
  ["contextual", contextual, mixedPolicy],
];
const CASES = SETS.flatMap(([name, rules, policy]) =>
  (["postgres", "duckdb"] as const).map((dialect) => ({ dialect, name, rules, policy })),
);

test.each(SETS)("the rows reach every rule of the %s set, and every branch of its policy", (_, rules, policy) => {
  const judge = new Judge(rules, policy, REPORT_COLUMNS);
  const judged = rows.map((row) => judge.of(row));
  const found = new Set(judged.flatMap(({ findings }) => findings.map(({ rule }) => rule)));
  expect(found).toEqual(new Set(decisive(rules).map(({ id }) => id)));
  const decided = new Set(judged.filter(({ findings }) => findings.length === 0).map(({ place }) => place));
  expect(decided.size).toBeGreaterThan(policy.rules.length / 2);
});

test.each(CASES)("$dialect finds what the evaluator finds by $name rules, and decides as it does", async (one) => {
  const { dialect, rules, policy } = one;
  const [judge, deciding] = [
    new Judge(rules, policy, REPORT_COLUMNS),
    new Judge({ ...rules, rules: [] }, policy, REPORT_COLUMNS),
  ];
  const fields = faultFields(decisive(rules));
  const wanted = rows.map((row) => {
    const findings = new Map(judge.of(row).findings.map(({ field, rule }) => [field, rule]));
    const found = Object.fromEntries(fields.map((field) => [field, findings.get(field) ?? null]));
    return { ...found, decides: policy.rules[deciding.of(row).place]?.id ?? null };
  });
  const got = await ask(dialect, (as) => [
    ...fields.map((field) => `${findingSql(rules, field, inRow, as)} AS ${field}`),
    `${policyRuleSql(policy, inRow, as)} AS decides`,
  ]);
  expect(got).toHaveLength(rows.length);
  expect(differences(got, wanted)).toEqual([]);
});

test.each(CASES)(
  "$dialect says of a value alone what it says of the report, by $name rules, or that it depends",
  async (one) => {
    const { dialect, rules } = one;
    const fields = faultFields(decisive(rules));
    const got = await ask(dialect, (as) =>
      fields.flatMap((field) => [
        `${findingSql(rules, field, inRow, as)} AS whole_${field}`,
        `${valueFindingSql(rules, field, inRow(field), as)} AS alone_${field}`,
      ]),
    );
    const depends = new Set<string>();
    for (const row of got)
      for (const field of fields) {
        const [whole, alone] = [row[`whole_${field}`], row[`alone_${field}`]];
        if (alone === DEPENDS) depends.add(field);
        else if (whole !== alone) expect({ field, whole }).toEqual({ field, whole: alone });
      }
    const asks = decisive(rules).filter((rule) =>
      casesOf(rule)
        .flat()
        .some(({ field }) => field !== rule.field),
    );
    expect(depends).toEqual(new Set(asks.map(({ field }) => field)));
  },
);

test.each(CASES)(
  "$dialect reads the same double where a value is trusted, by $name rules",
  async ({ dialect, rules }) => {
    const judge = new Judge(rules, undefined, REPORT_COLUMNS);
    const numberOf = (raw: string | null): number | null => (Number.isNaN(readNumber(raw)) ? null : readNumber(raw));
    const wanted = rows.map((row) => {
      const faulty = new Set(judge.of(row).findings.map(({ field }) => field));
      return Object.fromEntries(
        TELEMETRY_FIELDS.map((field) => [field, faulty.has(field) ? null : numberOf(row[field])]),
      );
    });
    const got = await ask(dialect, (as) =>
      TELEMETRY_FIELDS.map((field) => `${trustedNumberSql(rules, field, inRow, as)} AS ${field}`),
    );
    expect(differences(got, wanted)).toEqual([]);
  },
);

test.each<Dialect>(["postgres", "duckdb"])(
  "%s takes every kind of predicate with any bounds as holds does",
  async (dialect) => {
    const predicates = fc.sample(predicate, { seed: 7, numRuns: 120 });
    expect(new Set(predicates.map(({ kind }) => kind)).size).toBe(PREDICATE_KINDS.length);
    const fieldOf = (no: number): RuleField => RULE_FIELDS[no % RULE_FIELDS.length] as RuleField;
    const wanted = rows.map((row) =>
      Object.fromEntries(predicates.map((test, no) => [`p${no}`, holds(test, row[fieldOf(no)])])),
    );
    const got = await ask(dialect, (as) =>
      predicates.map((test, no) => `${predicateSql(test, inRow(fieldOf(no)), as)} AS p${no}`),
    );
    expect(differences(got, wanted)).toEqual([]);
  },
);

/** Rule sets, and reports that each of them judges: whole ones, which stand behind the values, and of which sets take turns. */
const GENERATED = { sets: 200, reports: 20, together: 50 };
const SEED = Number(process.env.SENTINEL_SEED ?? 42);
const generated = fc.sample(ruleSet, { seed: SEED, numRuns: GENERATED.sets }).map((set, no) => {
  const first = values.length + ((no * GENERATED.reports) % (rows.length - values.length - GENERATED.reports));
  const reports = rows.slice(first, first + GENERATED.reports);
  return { set, first, reports, wanted: reports.map((report) => askedOneByOne(set, report)) };
});
type Generated = (typeof generated)[number];

describe(`by ${GENERATED.sets} generated rule sets, SENTINEL_SEED=${SEED}`, () => {
  test("which have every kind, effect and severity, some reports are sick and some are sound", () => {
    const rules = generated.flatMap(({ set }) => set.rules);
    expect(new Set(rules.map(({ test: { kind } }) => kind))).toEqual(new Set(PREDICATE_KINDS));
    for (const part of ["and", "by_model", "severity", "effect"] as const)
      expect(rules.filter((rule) => rule[part] !== undefined).length).toBeGreaterThan(GENERATED.sets);
    const mixed = generated.filter(({ wanted }) => new Set(wanted.map(({ length }) => length === 0)).size === 2);
    expect(mixed.length).toBeGreaterThan(GENERATED.sets / 3);
  });

  test("the evaluator finds what they say, asked one by one", () => {
    for (const { set, reports, wanted } of generated) {
      const judge = new Judge(set, undefined, REPORT_COLUMNS);
      const got = reports.map((report) => judge.of(report).findings);
      if (JSON.stringify(got) !== JSON.stringify(wanted)) expect({ set, got }).toEqual({ set, got: wanted });
    }
  });

  test.each<Dialect>(["postgres", "duckdb"])("%s finds what they say", async (dialect) => {
    const columns = RULE_FIELDS.join(", ");
    const differing: unknown[] = [];
    for (let from = 0; from < generated.length; from += GENERATED.together) {
      const batch = generated.slice(from, from + GENERATED.together);
      const found = batch.map((one, no) => foundBy(one, no, dialect)).join(" UNION ALL ");
      const got = await tell(dialect, `SELECT ${columns} FROM (${found}) f ORDER BY set_no, no`);
      const wanted = batch.flatMap((one) =>
        one.wanted.map((findings) => ({ set: one.set, answer: byField(findings) })),
      );
      for (const [at, { set, answer }] of wanted.entries())
        if (JSON.stringify(answer) !== JSON.stringify(got[at])) differing.push({ set, wanted: answer, got: got[at] });
    }
    expect(differing).toEqual([]);
  });
});

const byField = (findings: readonly Finding[]): Answer =>
  Object.fromEntries(RULE_FIELDS.map((name) => [name, findings.find(({ field }) => field === name)?.rule ?? null]));

/** What a set finds in each of its reports, a column a field. */
function foundBy({ set, first }: Generated, no: number, dialect: Dialect): string {
  const columns = RULE_FIELDS.map((field) => `${findingSql(set, field, inRow, dialect)} AS ${field}`).join(", ");
  return `SELECT ${no} AS set_no, r.no, ${columns} FROM r WHERE r.no >= ${first} AND r.no < ${first + GENERATED.reports}`;
}
