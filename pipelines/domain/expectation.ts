import type { Predicate } from "./predicate.ts";
import { decisive, type RuleSet } from "./rules.ts";
import type { RuleField } from "./vocabulary.ts";

const UNITS: Readonly<Partial<Record<RuleField, string>>> = {
  battery_voltage: "V",
  signal_strength: "%",
  storage_free_mb: "MB",
};

/** What a field's rules accept whatever the rest of the report is, in words for a person, for example "a number from 6 to 16 V". */
export function expectation(ruleSet: RuleSet, field: RuleField): string {
  const tests = decisive(ruleSet).flatMap((rule) =>
    rule.field === field && !rule.and && !rule.by_model ? [rule.test] : [],
  );
  const unit = UNITS[field] === undefined ? "" : ` ${UNITS[field]}`;
  const range = tests.find((test) => test.kind === "outside");
  const words = tests.find((test) => test.kind === "not_one_of");
  const limits = tests.flatMap((test) => limitsOf(test, unit));
  const banned = tests.flatMap((test) =>
    test.kind === "equals" && !(range && (test.value < range.min || test.value > range.max)) ? [test.value] : [],
  );
  const isNumber = tests.some(({ kind }) => ["not_number", "above", "below", "equals"].includes(kind));
  const what = range
    ? `a number from ${shown(range.min)} to ${shown(range.max)}${unit}`
    : words
      ? `one of ${words.values.join(", ")}`
      : isNumber
        ? `a number${unit && ` (${unit.trim()})`}`
        : tests.some(({ kind }) => ["not_time", "before", "after"].includes(kind))
          ? "a time"
          : "a value";
  return [what, ...limits, ...banned.map((value) => `not ${value}`)].join(", ");
}

function limitsOf(test: Predicate, unit: string): string[] {
  switch (test.kind) {
    case "above":
      return [`at most ${shown(test.value)}${unit}`];
    case "below":
      return [`at least ${shown(test.value)}${unit}`];
    case "before":
      return [`from ${test.time}`];
    case "after":
      return [`until ${test.time}`];
    case "longer":
      return [`at most ${shown(test.value)} characters`];
    default:
      return [];
  }
}

/** As people write it, whatever the language of the machine. */
function shown(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 20 });
}
