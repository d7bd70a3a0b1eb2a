import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { hostileValues } from "../../test/support/hostile.ts";
import { copyField } from "../db/copy.ts";
import { judges } from "../domain/judge.ts";
import type { Policy } from "../domain/policy.ts";
import { holds } from "../domain/predicate.ts";
import type { RuleSet } from "../domain/rules.ts";
import { TELEMETRY_FIELDS } from "../domain/vocabulary.ts";
import { VerdictCache } from "./verdict-cache.ts";

const read = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../data/${file}`, import.meta.url), "utf8"));
const rules = read("rules/default.json") as RuleSet;
const policy = read("policy/default.json") as Policy;
const judgeOf = judges(rules, policy, TELEMETRY_FIELDS);

/** More different values than the cache has places, so that many fall on the place of another. */
const values = [
  ...hostileValues(6000),
  ...Array.from({ length: 20_000 }, (_, no) => (no / 1000).toFixed(3)),
  ...[22, 23, 24, 25, 26].flatMap((length) => ["7".repeat(length), "\n".repeat(length), "é".repeat(length)]),
];

/** As COPY brings it: in the middle of a line. */
function asked(cache: VerdictCache, value: string | null) {
  const field = Buffer.from(copyField(value));
  const line = Buffer.concat([Buffer.from("17\tDEV-1\t"), field, Buffer.from("\t-999")]);
  return cache.of(line, 9, 9 + field.length);
}

test.each(TELEMETRY_FIELDS.map((field, no) => [field, no] as const))(
  "of %s it says what holds says, at first and ever after",
  (field, no) => {
    const cache = new VerdictCache(judgeOf[no as 0 | 1 | 2]);
    const own = rules.rules.filter((rule) => rule.field === field);
    for (const round of [values, values, values.toReversed()]) {
      for (const value of round) {
        const { raw, rule, match, field: of } = asked(cache, value);
        const wanted = policy.rules.findIndex((one) => one.field === field && holds(one.test, value));
        const said = { of, raw, rule: rule?.id, match };
        const right = {
          of: field,
          raw: value,
          rule: own.find(({ test: broken }) => holds(broken, value))?.id,
          match: wanted < 0 ? policy.rules.length : wanted,
        };
        if (JSON.stringify(said) !== JSON.stringify(right)) expect(said).toEqual(right);
      }
    }
  },
);

test("a value is judged once while it keeps its place, and a NULL is not the text that looks like it", () => {
  let judged = 0;
  const cache = new VerdictCache((raw) => {
    judged += 1;
    return { field: "battery_voltage", raw, rule: undefined, match: 0 };
  });
  for (let no = 0; no < 10; no++) expect(asked(cache, "12.50").raw).toBe("12.50");
  expect(judged).toBe(1);
  expect(asked(cache, null).raw).toBeNull();
  expect(asked(cache, "\\N").raw).toBe("\\N");
  expect(asked(cache, "").raw).toBe("");
});

test("what it keeps does not change with the buffer that it came in", () => {
  const cache = new VerdictCache((raw) => ({ field: "battery_voltage", raw, rule: undefined, match: 0 }));
  const bytes = Buffer.from("12.50");
  expect(cache.of(bytes, 0, 5).raw).toBe("12.50");
  bytes.write("13.75");
  expect(cache.of(bytes, 0, 5).raw).toBe("13.75");
  expect(asked(cache, "12.50").raw).toBe("12.50");
});
