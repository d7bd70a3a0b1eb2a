import type { RuleSet } from "./rules.ts";
import type { TelemetryField } from "./vocabulary.ts";

const UNITS: Readonly<Record<TelemetryField, string>> = {
  battery_voltage: "V",
  signal_strength: "%",
  storage_free_mb: "MB",
};

/** What a field's rules accept, in words for a person, for example "a number from 6 to 16 V". */
export function expectation(ruleSet: RuleSet, field: TelemetryField): string {
  const tests = ruleSet.rules.filter((rule) => rule.field === field).map((rule) => rule.test);
  const unit = UNITS[field];
  const range = tests.find((test) => test.kind === "outside");
  const limits = tests.flatMap((test) => (test.kind === "above" ? [`at most ${test.value} ${unit}`] : []));
  const banned = tests.flatMap((test) =>
    test.kind === "equals" && !(range && (test.value < range.min || test.value > range.max)) ? [test.value] : [],
  );
  const what = range
    ? `a number from ${range.min} to ${range.max} ${unit}`
    : tests.some((test) => test.kind === "not_number") || limits.length + banned.length > 0
      ? `a number (${unit})`
      : "a value";
  return [what, ...limits, ...banned.map((value) => `not ${value}`)].join(", ");
}
