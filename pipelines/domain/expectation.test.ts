import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { expectation } from "./expectation.ts";
import type { RuleSet } from "./rules.ts";

const FILE = new URL("../../data/rules/default.json", import.meta.url);

test("a field's rules are put into words", () => {
  const rules = JSON.parse(readFileSync(FILE, "utf8")) as RuleSet;
  expect(expectation(rules, "battery_voltage")).toBe("a number from 6 to 16 V");
  expect(expectation(rules, "signal_strength")).toBe("a number from 0 to 100 %");
  const rule = { id: "x", field: "battery_voltage", detects: "null" } as const;
  const only = (...tests: { kind: "missing" | "not_number" }[] | { kind: "equals" | "above"; value: number }[]) =>
    expectation({ ...rules, rules: tests.map((test) => ({ ...rule, test })) }, "battery_voltage");
  expect(only({ kind: "missing" })).toBe("a value");
  expect(only({ kind: "not_number" })).toBe("a number (V)");
  expect(only({ kind: "equals", value: 7 }, { kind: "above", value: 15 })).toBe("a number (V), at most 15 V, not 7");
});
