import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { beforeAll, expect, test } from "vitest";
import { installRuleViews } from "../pipelines/db/rule-set-views.ts";
import { sql } from "../pipelines/db/sql.ts";
import { reference } from "../pipelines/reference.ts";
import { EXCEPTIONS } from "./citus/exceptions.ts";
import { JOIN_RULE } from "./citus/joins.ts";
import type { Volatility } from "./citus/rule.ts";
import { breachesOf, RULES } from "./citus/rules.ts";
import { allStatements, bound, migrationStatements, PARTS, type Statement } from "./citus/statements.ts";
import { statementsOf } from "./citus/tree.ts";
import { RIGHT, WRONG } from "./citus/wrong.ts";
import { freshDatabase, keptDatabases } from "./support/database.ts";

const kept = keptDatabases();
const DDL = migrationStatements().flatMap(({ text }) => statementsOf(text));
const functions = new Map<string, Volatility>();
const types = new Map<string, Volatility>();
const views: Statement[] = [];

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const fileOf = (name: string): string => readFileSync(new URL(`citus/${name}.sql`, import.meta.url), "utf8");

beforeAll(async () => {
  const client = new pg.Client(kept(await freshDatabase()).url);
  await client.connect();
  try {
    await installRuleViews(client, reference(ROOT).rules, () => {});
    const known = await client.query<{ kind: string; name: string; volatility: Volatility }>(fileOf("volatility"));
    for (const { kind, name, volatility } of known.rows) (kind === "f" ? functions : types).set(name, volatility);
    const made = await client.query<{ name: string; definition: string }>(fileOf("views"));
    for (const { name, definition } of made.rows) views.push({ name: `view ${name}`, text: definition, isHot: false });
  } finally {
    await client.end();
  }
});

const breaches = (text: string, isHot: boolean) => breachesOf(text, { functions, types, isHot }, DDL);

test("every statement keeps the rules of many servers, but for the exceptions, each of which is needed", () => {
  const broken = [...allStatements(), ...views].flatMap(({ name, text, isHot }) =>
    breaches(text, isHot).map(({ rule, what }) => ({ statement: name, rule, what })),
  );
  const excepted = (one: { statement: string; rule: string }, other: { statement: string; rule: string }): boolean =>
    one.statement === other.statement && one.rule === other.rule;
  expect(broken.filter((breach) => !EXCEPTIONS.some((exception) => excepted(breach, exception)))).toEqual([]);
  expect(EXCEPTIONS.filter((exception) => !broken.some((breach) => excepted(breach, exception)))).toEqual([]);
});

test("all statements are looked at: what is only a part of one is no statement", () => {
  expect(allStatements().filter(({ isHot }) => isHot).length).toBeGreaterThan(10);
  expect(views.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["view ota_logs", "view ota_telemetry", "view telemetry_finding"]),
  );
  for (const part of PARTS) expect(() => statementsOf(bound(sql(part))), part).toThrow();
});

const JOIN = /(\w+)\.bucket = (\w+)\.bucket AND /g;

test("the bucket taken out of any join of big tables is noticed, wherever the join stands", () => {
  const queries = allStatements().filter(({ name }) => !name.startsWith("migrations/"));
  const joins = queries.flatMap(({ name, text }) =>
    // What comes in as a parameter is no table.
    [...text.matchAll(JOIN)]
      .filter(([, , other]) => !text.includes(`AS ${other} (bucket`))
      .map((join) => ({ name, text, join })),
  );
  expect(joins.length).toBeGreaterThan(30);
  const unnoticed = joins.filter(({ text, join }) => {
    const without = text.slice(0, join.index) + text.slice(join.index + join[0].length);
    return !breaches(without, false).some(({ rule }) => rule === JOIN_RULE.name);
  });
  expect(unnoticed.map(({ name, join }) => `${name}: ${join[0]}`)).toEqual([]);
});

test.each(Object.entries(WRONG))("%s: whoever breaks that is told so", (rule, statements) => {
  for (const text of statements)
    expect(
      breaches(text, true).map((breach) => breach.rule),
      text,
    ).toContain(rule);
});

test("each rule has a statement that breaks it, and what looks much the same keeps them all", () => {
  expect(Object.keys(WRONG)).toEqual(RULES.map(({ name }) => name));
  for (const text of RIGHT) expect(breaches(text, true), text).toEqual([]);
});
