import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { hostileReports } from "../../test/support/hostile.ts";
import { contextual, mixedPolicy } from "./examples.fixture.ts";
import { Judge } from "./judge.ts";
import { applies, askedOneByOne } from "./one-by-one.fixture.ts";
import type { Policy } from "./policy.ts";
import { decisive, type RuleSet } from "./rules.ts";
import { REPORT_COLUMNS } from "./vocabulary.ts";

const read = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../data/${file}`, import.meta.url), "utf8"));
const shippedRules = read("rules/default.json") as RuleSet;
const shippedPolicy = read("policy/default.json") as Policy;
const reports = hostileReports(5000);

test.each([shippedRules, contextual])("findings by rules $name are those of the rules asked one by one", (rules) => {
  const judge = new Judge(rules, undefined, REPORT_COLUMNS);
  const reached = new Set<string>();
  for (const report of reports) {
    const { findings } = judge.of(report);
    expect(findings).toEqual(askedOneByOne(rules, report));
    for (const { rule } of findings) reached.add(rule);
  }
  expect(reached).toEqual(new Set(decisive(rules).map(({ id }) => id)));
});

test.each([shippedPolicy, mixedPolicy])("the rule of policy $name that decides is the first that holds", (policy) => {
  const judge = new Judge({ ...shippedRules, rules: [] }, policy, REPORT_COLUMNS);
  const reached = new Set<number>();
  for (const report of reports) {
    const wanted = policy.rules.findIndex((rule) => applies(rule, report));
    expect(judge.of(report).place).toBe(wanted);
    reached.add(wanted);
  }
  expect(reached.size).toBe(policy.rules.length);
});

test("only sources that anything is asked about are looked at", () => {
  expect(new Judge(shippedRules, shippedPolicy, REPORT_COLUMNS).sources).toEqual([
    "battery_voltage",
    "signal_strength",
    "storage_free_mb",
  ]);
  expect(new Judge({ ...shippedRules, rules: [] }, shippedPolicy, REPORT_COLUMNS).sources).toEqual(["battery_voltage"]);
  expect(new Judge(contextual, mixedPolicy, REPORT_COLUMNS).sources).toContain("profile_no");
});

test("a rule that only warns decides nothing, and one that halts says so", () => {
  const rule = {
    id: "old",
    field: "firmware_from",
    test: { kind: "one_of", values: ["3.8.2"] },
    detects: "null",
  } as const;
  const report = { ...reports[0], firmware_from: "3.8.2" };
  const judged = (effect: "warn" | "halt") =>
    new Judge({ name: "one", version: 1, rules: [{ ...rule, effect }] }, shippedPolicy, REPORT_COLUMNS).of(report);
  expect(judged("warn")).toMatchObject({ findings: [], halts: undefined });
  expect(judged("halt")).toMatchObject({ findings: [{ rule: "old", raw: "3.8.2" }], halts: { id: "old" } });
});

test.each(REPORT_COLUMNS)("where the source has no %s, nothing is found about it", (absent) => {
  const reported = REPORT_COLUMNS.filter((column) => column !== absent);
  const judge = new Judge(contextual, undefined, reported);
  for (const report of reports.slice(0, 500)) {
    const without = { ...report, [absent]: null };
    expect(judge.of(without).findings).toEqual(
      askedOneByOne(contextual, without).filter(({ field }) => field !== absent),
    );
  }
});
