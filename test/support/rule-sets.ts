import fc from "fast-check";
import type { Condition } from "../../pipelines/domain/condition.ts";
import type { Predicate } from "../../pipelines/domain/predicate.ts";
import { EFFECTS, parseRuleSet, type Rule, type RuleSet, SEVERITIES } from "../../pipelines/domain/rules.ts";
import { FAULT_KINDS, RULE_FIELDS } from "../../pipelines/domain/vocabulary.ts";

/** At the thresholds, at the ends of what a double holds, and anywhere. */
const bound = fc.oneof(
  fc.constantFrom(6, 16, 12.5, 0, -0, 100, -999, 1e-300, 5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, 1e21, 1e-7),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -1000, max: 1000, noNaN: true }),
);
const word = fc.oneof(
  fc.constantFrom("TX-40", "it's", "\\", "12.5", "é", "🔋", "server_busy", "SUCCEEDED", "Europe", "DEV-00000001"),
  fc.constantFrom("$1", ":campaign", ":finding_battery_voltage", "--", "/*", "'; DROP TABLE campaign; --", "%s", "\n"),
);
const words = fc.uniqueArray(word, { minLength: 1, maxLength: 4 });
const time = fc.constantFrom("2026-03-02T00:00:00.000Z", "2026-03-04T12:30:00Z", "1970-01-01T00:00:00.000Z");

/** Every kind, with any bounds. */
export const predicate: fc.Arbitrary<Predicate> = fc.oneof(
  fc.record({ kind: fc.constantFrom("missing", "not_number", "any", "not_time", "garbled") }),
  fc.record({ kind: fc.constantFrom("equals", "above", "below", "longer"), value: bound }),
  fc.record({ kind: fc.constantFrom("outside", "inside"), min: bound, max: bound }),
  fc.record({ kind: fc.constantFrom("one_of", "not_one_of"), values: words }),
  fc.record({ kind: fc.constantFrom("before", "after"), time }),
) as fc.Arbitrary<Predicate>;

const field = fc.constantFrom(...RULE_FIELDS);
const condition: fc.Arbitrary<Condition> = fc.record({ field, test: predicate });
/** Whichever of these the test has, a model may have another of. */
const others = fc.record({ value: bound, min: bound, max: bound, values: words, time }, { requiredKeys: [] });
const model = fc.constantFrom("TX-40", "SG-110", "tx-40", "it's", ":campaign", "__proto__", "constructor");
const byModel = fc.option(
  fc.uniqueArray(fc.tuple(model, others), { minLength: 1, maxLength: 3, selector: ([name]) => name }),
);

const rule = fc.record({
  field,
  test: predicate,
  and: fc.option(fc.array(condition, { maxLength: 2 })),
  byModel,
  detects: fc.constantFrom(...FAULT_KINDS),
  severity: fc.option(fc.constantFrom(...SEVERITIES)),
  effect: fc.option(fc.constantFrom(...EFFECTS), { freq: 2 }),
});

/** Rule sets as a file can hold them: the set is what is read from it again. */
export const ruleSet: fc.Arbitrary<RuleSet> = fc
  .record({ version: fc.integer({ min: 1, max: 9 }), drafts: fc.array(rule, { minLength: 1, maxLength: 8 }) })
  .map(({ version, drafts }) => {
    const rules = drafts.map(({ and, byModel: models, severity, effect, ...draft }, no) => ({
      ...{ id: `rule_${no}`, ...draft },
      ...(and && { and }),
      ...(models && { by_model: Object.fromEntries(models.map(([name, own]) => [name, taken(draft.test, own)])) }),
      ...(severity && { severity }),
      // One rule at least has to decide.
      ...(effect && !(no === 0 && effect === "warn") && { effect }),
    }));
    return parseRuleSet(JSON.parse(JSON.stringify({ name: "generated", version, rules })));
  });

const taken = (test: Rule["test"], own: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(own).filter(([key]) => Object.hasOwn(test, key)));
