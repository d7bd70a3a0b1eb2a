import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Misfit } from "./condition.ts";
import { parseFaultProfile } from "./fault-profile.ts";
import { Judge } from "./judge.ts";
import { type Policy, parsePolicy } from "./policy.ts";
import { parseRuleSet, type RuleSet } from "./rules.ts";
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

/** What is refused, where, and with which words. */
type Refusal = [what: string, value: unknown, at: string, sentence: string];

function refusal(parse: (value: unknown) => unknown, value: unknown): string {
  try {
    parse(value);
  } catch (error) {
    if (error instanceof Misfit) return `${error.at.join(".")}: ${error.message}`;
    throw error;
  }
  return "it is taken";
}

test.each<Refusal>([
  ["nothing", null, "", "a list"],
  ["a text", "rules", "", "a list"],
  ["no name", { version: 1, rules: [] }, "", '"name"'],
  ["a broken version", { name: "set", version: 1.5, rules: [] }, "", '"version"'],
  ["no list", { name: "set", version: 1, rules: {} }, "", '"rules"'],
  ["no rule", set(), "rules", "at least one"],
  ["warnings alone", set({ ...rule, effect: "warn" }), "rules", "at least one rule that does more than warn"],
  ["a stranger beside the rules", { ...set(rule), rule: [] }, "rule", 'there is no "rule"; use name'],
  ["an empty place", set(null), "rules.0", "an object"],
  ["an id with a quote", set({ ...rule, id: "a'b" }), "rules.0.id", '"id" must be of a-z, 0-9 and _'],
  ["an id twice", set(rule, rule), "rules.1.id", 'the id "low" stands twice'],
  ["an id that is taken", set({ ...rule, id: "refused_by_server" }), "rules.0.id", "is taken"],
  ["a field unknown", set({ ...rule, field: "color" }), "rules.0.field", '"field" must be one of region'],
  ["a fault kind unknown", set({ ...rule, detects: "rust" }), "rules.0.detects", '"detects" must be one of null'],
  ["no kind in its list", set({ ...rule, detects: [] }), "rules.0.detects", "at least one fault kind"],
  [
    "a kind unknown in its list",
    set({ ...rule, detects: ["null", "rust"] }),
    "rules.0.detects.1",
    '"detects" must be of',
  ],
  ["a kind twice in its list", set({ ...rule, detects: ["null", "null"] }), "rules.0.detects.1", "names null twice"],
  ["a severity unknown", set({ ...rule, severity: "bad" }), "rules.0.severity", '"severity" must be one of critical'],
  ["an effect unknown", set({ ...rule, effect: "ban" }), "rules.0.effect", '"effect" must be one of quarantine'],
  ["a key misspelt", set({ ...rule, efect: "warn" }), "rules.0.efect", 'there is no "efect"; use id, field'],
  ["no test", set({ ...rule, test: undefined }), "rules.0.test", "a test needs a kind"],
  ["a test unknown", set({ ...rule, test: { kind: "like" } }), "rules.0.test", 'unknown kind "like"; use one of any'],
  ["an inherited kind", set({ ...rule, test: { kind: "constructor" } }), "rules.0.test", 'kind "constructor"'],
  ["a bound as text", set({ ...rule, test: { kind: "above", value: "1" } }), "rules.0.test", 'needs a number "value"'],
  ["a bound too few", set({ ...rule, test: { kind: "outside", min: 1 } }), "rules.0.test", 'needs a number "max"'],
  ["a bound too many", set({ ...rule, test: { kind: "missing", value: 1 } }), "rules.0.test", 'takes no "value"'],
  ["words that are none", set({ ...rule, test: { kind: "one_of", values: [1] } }), "rules.0.test", "a list of texts"],
  ["a word with NUL", set({ ...rule, test: { kind: "one_of", values: ["a\0"] } }), "rules.0.test", "a list of texts"],
  ["half of a character", set({ ...rule, test: { kind: "one_of", values: ["\ud800"] } }), "rules.0.test", "of texts"],
  ["a model with NUL", set({ ...rule, by_model: { "\0": {} } }), "rules.0.by_model.\0", "no device can report"],
  ["a name with NUL", { ...set(rule), name: "a\0" }, "", '"name"'],
  [
    "a day that is none",
    set({ ...rule, test: { kind: "after", time: "2026-19-39T00:00:00Z" } }),
    "rules.0.test",
    "a time",
  ],
  ["conditions that are no list", set({ ...rule, and: {} }), "rules.0.and", "must be a list"],
  ["a condition on nothing", set({ ...rule, and: [rule.test] }), "rules.0.and.0.kind", 'there is no "kind"'],
  ["a model without a name", set({ ...rule, by_model: { "": {} } }), "rules.0.by_model.", "name a model"],
  ["bounds of no model", set({ ...rule, by_model: {} }), "rules.0.by_model", "must name models"],
  ["bounds that mean nothing", set({ ...rule, by_model: { X: { max: 1 } } }), "rules.0.by_model.X", 'takes no "max"'],
])("a rule set with %s is refused", (_, value, at, sentence) => {
  const said = refusal(parseRuleSet, value);
  expect(said.startsWith(`${at}: `), said).toBe(true);
  expect(said).toContain(sentence);
});

test.each<Refusal>([
  ["nothing", undefined, "", "a list"],
  ["no version", { name: "policy", rules: [choice] }, "", '"version"'],
  ["no rules", policy(), "rules.0", "the last rule must always match"],
  ["an id with a space", policy({ ...choice, id: "a b" }), "rules.0.id", '"id" must be of'],
  ["an id twice", policy(choice, choice), "rules.1.id", 'the id "yes" stands twice'],
  ["a field unknown", policy({ ...choice, field: "mood" }), "rules.0.field", '"field" must be one of'],
  ["an action unknown", policy({ ...choice, action: "PRAY" }), "rules.0.action", "one of RETRY_UPDATE, FORCE_ROLLBACK"],
  ["triage as an action", policy({ ...choice, action: "MANUAL_TRIAGE" }), "rules.0.action", '"action" must be one of'],
  ["a test unknown", policy({ ...choice, test: { kind: "maybe" } }), "rules.0.test", 'unknown kind "maybe"'],
  ["no last word", policy({ ...choice, test: { kind: "missing" } }), "rules.0", "the last rule must always match"],
  [
    "a last word with a condition",
    policy({ ...choice, and: [{ field: "model", test: { kind: "any" } }] }),
    "rules.0",
    "always",
  ],
  ["a rollback that waits", policy({ ...choice, action: "FORCE_ROLLBACK", free: true }), "rules.0", "belong to RETRY"],
  ["a retry for good", policy({ ...choice, final: true }), "rules.0.final", "belongs to FORCE_ROLLBACK"],
  [
    "a wait of no time",
    policy({ ...choice, backoff: { base_minutes: 0, cap_minutes: 5 } }),
    "rules.0.backoff",
    "above 0",
  ],
])("a policy with %s is refused", (_, value, at, sentence) => {
  const said = refusal(parsePolicy, value);
  expect(said.startsWith(`${at}: `), said).toBe(true);
  expect(said).toContain(sentence);
});

const shippedRules = read("rules/default.json") as RuleSet;
const shippedPolicy = read("policy/default.json") as Policy;

const reportOf = (battery: string | null, signal: string | null, storage: string | null) => ({
  battery_voltage: battery,
  signal_strength: signal,
  storage_free_mb: storage,
});
const judge = (reported: readonly ReportColumn[] = REPORT_COLUMNS) => new Judge(shippedRules, shippedPolicy, reported);

test("the first rule of each field that matches is its finding, in the order of the vocabulary", () => {
  expect(judge().of(reportOf("UNKNOWN", "-999", null)).findings).toEqual([
    { rule: "battery_not_number", field: "battery_voltage", raw: "UNKNOWN" },
    { rule: "signal_dropped", field: "signal_strength", raw: "-999" },
    { rule: "storage_missing", field: "storage_free_mb", raw: null },
  ]);
  expect(judge().of(reportOf("12.5", "0", "1048576")).findings).toEqual([]);
});

test("a field that the source does not have is no fault", () => {
  expect(judge([]).of(reportOf(null, null, null)).findings).toEqual([]);
});

test.each([
  ["12.500000000000001", "RETRY_UPDATE"],
  ["12.51", "RETRY_UPDATE"],
  ["1.26e1", "RETRY_UPDATE"],
  ["12.5", "FORCE_ROLLBACK"],
  ["12.49", "FORCE_ROLLBACK"],
  ["6", "FORCE_ROLLBACK"],
])("the shipped policy answers a battery of %s V with %s", (volts, action) => {
  expect(shippedPolicy.rules[judge().of(reportOf(volts, "70", "512")).place]?.action).toBe(action);
});
