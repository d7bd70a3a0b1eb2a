import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseFaultProfile } from "./faults.ts";
import { findingsOf, judges, placeOf } from "./judge.ts";
import { type Policy, parsePolicy } from "./policy.ts";
import { evaluator, parseRuleSet, type RuleSet } from "./rules.ts";
import { REPORT_COLUMNS, type ReportColumn } from "./vocabulary.ts";

const read = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../data/${file}`, import.meta.url), "utf8"));
const files = (kind: string): string[] =>
  readdirSync(new URL(`../../data/${kind}`, import.meta.url)).map((file) => `${kind}/${file}`);

const rule = { id: "low", field: "battery_voltage", test: { kind: "above", value: 1 }, detects: "null" };
const set = (...rules: unknown[]) => ({ name: "set", version: 1, rules });
const choice = { id: "yes", field: "battery_voltage", test: { kind: "any" }, action: "RETRY_UPDATE" };
const policy = (...rules: unknown[]) => ({ name: "policy", version: 1, rules });

test.each([...files("rules"), ...files("policy"), ...files("chaos")])("data/%s can be used", (file) => {
  const parse = { rules: parseRuleSet, policy: parsePolicy, chaos: parseFaultProfile }[file.split("/")[0] ?? ""];
  expect(parse?.(read(file))).toEqual(read(file));
});

test.each<[string, unknown, string]>([
  ["nothing", null, "a list"],
  ["a text", "rules", "a list"],
  ["no name", { version: 1, rules: [] }, '"name"'],
  ["a broken version", { name: "set", version: 1.5, rules: [] }, '"version"'],
  ["no list", { name: "set", version: 1, rules: {} }, '"rules"'],
  ["an empty place", set(null), 'rule 1: "id"'],
  ["an id with a quote", set({ ...rule, id: "a'b" }), 'rule 1: "id" must be of a-z, 0-9 and _'],
  ["an id twice", set(rule, rule), 'rule 2: the id "low" stands twice'],
  ["a field unknown", set({ ...rule, field: "color" }), 'rule 1: "field" must be one of battery_voltage'],
  ["a fault kind unknown", set({ ...rule, detects: "rust" }), '"detects" must be one of null'],
  ["no test", set({ ...rule, test: undefined }), "rule 1: a test needs a kind"],
  ["a test unknown", set({ ...rule, test: { kind: "like" } }), 'unknown kind "like"; use one of missing'],
  ["an inherited kind", set({ ...rule, test: { kind: "constructor" } }), 'unknown kind "constructor"'],
  ["a bound as text", set({ ...rule, test: { kind: "above", value: "1" } }), 'needs a number "value"'],
  ["a bound too few", set({ ...rule, test: { kind: "outside", min: 1 } }), 'needs a number "max"'],
  ["a bound too many", set({ ...rule, test: { kind: "missing", value: 1 } }), 'takes no "value"'],
])("a rule set with %s is refused", (_, value, sentence) => {
  expect(parseRuleSet(value)).toEqual(expect.stringContaining(sentence));
});

test.each<[string, unknown, string]>([
  ["nothing", undefined, "a list"],
  ["no version", { name: "policy", rules: [choice] }, '"version"'],
  ["no rules", policy(), "the last rule must always match"],
  ["an id with a space", policy({ ...choice, id: "a b" }), '"id" must be of'],
  ["an id twice", policy(choice, choice), 'rule 2: the id "yes" stands twice'],
  ["a field unknown", policy({ ...choice, field: "mood" }), '"field" must be one of'],
  ["an action unknown", policy({ ...choice, action: "PRAY" }), '"action" must be one of RETRY_UPDATE, FORCE_ROLLBACK'],
  ["triage as an action", policy({ ...choice, action: "MANUAL_TRIAGE" }), '"action" must be one of'],
  ["a test unknown", policy({ ...choice, test: { kind: "maybe" } }), 'rule 1: unknown kind "maybe"'],
  ["no last word", policy({ ...choice, test: { kind: "missing" } }), "the last rule must always match"],
])("a policy with %s is refused", (_, value, sentence) => {
  expect(parsePolicy(value)).toEqual(expect.stringContaining(sentence));
});

const shippedRules = read("rules/default.json") as RuleSet;
const shippedPolicy = read("policy/default.json") as Policy;

function verdicts(
  battery: string | null,
  signal: string | null,
  storage: string | null,
  reported: readonly ReportColumn[] = REPORT_COLUMNS,
) {
  const [ofBattery, ofSignal, ofStorage] = judges(shippedRules, shippedPolicy, reported);
  return [ofBattery(battery), ofSignal(signal), ofStorage(storage)] as const;
}

test("the first rule of each field that matches is its finding, in the order of the vocabulary", () => {
  expect(findingsOf(verdicts("UNKNOWN", "-999", null))).toEqual([
    { rule: "battery_not_number", field: "battery_voltage", raw: "UNKNOWN" },
    { rule: "signal_dropped", field: "signal_strength", raw: "-999" },
    { rule: "storage_missing", field: "storage_free_mb", raw: null },
  ]);
  expect(findingsOf(verdicts("12.5", "0", "1048576"))).toEqual([]);
});

test("an evaluator knows the rules about its own field alone", () => {
  const find = evaluator(shippedRules, "signal_strength");
  expect(find("-999")?.id).toBe("signal_dropped");
  expect(find("-9")?.id).toBe("signal_out_of_range");
  expect(find("70")).toBeUndefined();
  expect(evaluator({ ...shippedRules, rules: [] }, "signal_strength")(null)).toBeUndefined();
});

test("a field that the source does not have is no fault", () => {
  expect(findingsOf(verdicts(null, null, null, []))).toEqual([]);
});

test.each([
  ["12.500000000000001", "RETRY_UPDATE"],
  ["12.51", "RETRY_UPDATE"],
  ["1.26e1", "RETRY_UPDATE"],
  ["12.5", "FORCE_ROLLBACK"],
  ["12.49", "FORCE_ROLLBACK"],
  ["6", "FORCE_ROLLBACK"],
])("the shipped policy answers a battery of %s V with %s", (volts, action) => {
  expect(shippedPolicy.rules[placeOf(verdicts(volts, "70", "512"))]?.action).toBe(action);
});
