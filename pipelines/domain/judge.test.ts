import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { hostileValues } from "../../test/support/hostile.ts";
import { findingsOf, judges, placeOf, type Values, type Verdict } from "./judge.ts";
import type { Policy } from "./policy.ts";
import { holds } from "./predicate.ts";
import type { RuleSet } from "./rules.ts";
import { TELEMETRY_FIELDS, type TelemetryField } from "./vocabulary.ts";

const read = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../data/${file}`, import.meta.url), "utf8"));
const rules = read("rules/default.json") as RuleSet;
const values = hostileValues(5000);
const at = (place: number): string | null => values[place % values.length] ?? null;
const rows: Values<string | null>[] = values.map((value, no) => [value, at(no + 1009), at(no + 2003)]);

/** A policy that asks about every field, in mixed order, so that the place of a match matters. */
const mixed: Policy = {
  name: "mixed",
  version: 1,
  rules: [
    { id: "empty", field: "storage_free_mb", test: { kind: "missing" }, action: "FORCE_ROLLBACK" },
    { id: "strong", field: "signal_strength", test: { kind: "above", value: 50 }, action: "RETRY_UPDATE" },
    { id: "high", field: "battery_voltage", test: { kind: "above", value: 12.5 }, action: "RETRY_UPDATE" },
    { id: "wild", field: "signal_strength", test: { kind: "outside", min: 0, max: 100 }, action: "FORCE_ROLLBACK" },
    { id: "word", field: "battery_voltage", test: { kind: "not_number" }, action: "FORCE_ROLLBACK" },
    { id: "exact", field: "storage_free_mb", test: { kind: "equals", value: 0 }, action: "RETRY_UPDATE" },
    { id: "last", field: "storage_free_mb", test: { kind: "any" }, action: "FORCE_ROLLBACK" },
  ],
};
const shipped = read("policy/default.json") as Policy;

const verdictsOn = (
  [battery, signal, storage]: Values<string | null>,
  policy: Policy,
  reported = TELEMETRY_FIELDS as readonly TelemetryField[],
): Values<Verdict> => {
  const [ofBattery, ofSignal, ofStorage] = judges(rules, policy, reported);
  return [ofBattery(battery), ofSignal(signal), ofStorage(storage)];
};
const valueIn = (row: Values<string | null>, field: TelemetryField) => row[TELEMETRY_FIELDS.indexOf(field)] ?? null;

test("findings are those of the rules asked one by one", () => {
  for (const row of rows) {
    const wanted = TELEMETRY_FIELDS.flatMap((field) => {
      const raw = valueIn(row, field);
      const broken = rules.rules.find((rule) => rule.field === field && holds(rule.test, raw));
      return broken ? [{ rule: broken.id, field, raw }] : [];
    });
    expect(findingsOf(verdictsOn(row, shipped))).toEqual(wanted);
  }
});

test.each([shipped, mixed])("the rule of policy $name that decides is the first that holds", (policy) => {
  const reached = new Set<number>();
  for (const row of rows) {
    const wanted = policy.rules.findIndex((rule) => holds(rule.test, valueIn(row, rule.field)));
    expect(placeOf(verdictsOn(row, policy))).toBe(wanted);
    reached.add(wanted);
  }
  expect(reached.size).toBe(policy.rules.length);
});

test.each(TELEMETRY_FIELDS)(
  "where the source has no %s, it is no fault and counts as absent for the policy",
  (absent) => {
    const reported = TELEMETRY_FIELDS.filter((field) => field !== absent);
    for (const row of rows.slice(0, 1500)) {
      const verdicts = verdictsOn(row, mixed, reported);
      expect(findingsOf(verdicts)).toEqual(findingsOf(verdictsOn(row, mixed)).filter(({ field }) => field !== absent));
      const seen = (field: TelemetryField) => (field === absent ? null : valueIn(row, field));
      expect(placeOf(verdicts)).toBe(mixed.rules.findIndex((rule) => holds(rule.test, seen(rule.field))));
    }
  },
);
