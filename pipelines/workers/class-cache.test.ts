import { describe, expect, test } from "vitest";
import { hostileReports, hostileValues } from "../../test/support/hostile.ts";
import { copyField } from "../db/copy.ts";
import { contextual, mixedPolicy } from "../domain/examples.fixture.ts";
import { type Class, Judge } from "../domain/judge.ts";
import { REPORT_COLUMNS } from "../domain/vocabulary.ts";
import { ClassCache, type Classifier, type ClassOf, TimeClassCache } from "./class-cache.ts";

/** As COPY brings it: in the middle of a line. */
function asked(cache: Classifier, value: string | null): Class {
  const field = Buffer.from(copyField(value));
  const line = Buffer.concat([Buffer.from("17\tDEV-1\t"), field, Buffer.from("\t-999")]);
  return cache.of(line, 9, 9 + field.length);
}

/** More different values than the cache has places, so that many fall on the place of another. */
const numbers = [
  ...hostileValues(6000),
  ...Array.from({ length: 20_000 }, (_, no) => (no / 1000).toFixed(3)),
  ...[22, 23, 24, 25, 26].flatMap((length) => ["7".repeat(length), "\n".repeat(length), "é".repeat(length)]),
];
const minutes = Array.from({ length: 6 * 24 * 60 }, (_, no) =>
  new Date(Date.UTC(2026, 2, 1) + no * 60_000 + (no % 1000)).toISOString(),
);
const times = [...hostileReports(6000).map(({ reported_at: time }) => time), ...minutes];

describe.each([
  ["battery_voltage", numbers, (classOf: ClassOf) => new ClassCache(classOf)],
  ["reported_at", times, (classOf: ClassOf) => new TimeClassCache(classOf)],
] as const)("of %s", (source, values, cacheOf) => {
  const judge = new Judge(contextual, mixedPolicy, REPORT_COLUMNS);
  const classOf: ClassOf = (raw) => judge.classOf(source, [raw]);

  test("it says what the judge says, at first and ever after", () => {
    const cache = cacheOf(classOf);
    const reached = new Set<number>();
    for (const round of [values, values, values.toReversed()])
      for (const value of round) {
        const found = asked(cache, value);
        reached.add(found.no);
        if (found !== classOf(value)) expect({ value, found }).toEqual({ value, found: classOf(value) });
      }
    expect(reached.size).toBeGreaterThan(3);
  });

  test("a NULL is not the text that looks like it", () => {
    const cache = cacheOf((raw) => ({ no: raw === null ? 1 : 2, held: [] }));
    for (let round = 0; round < 2; round++) {
      expect(asked(cache, null).no).toBe(1);
      expect(asked(cache, "\\N").no).toBe(2);
      expect(asked(cache, "").no).toBe(2);
    }
  });
});

/** A class a value, so that a test sees which value was looked at. */
function counting(): { cache: ClassCache; judged: () => number } {
  const known: string[] = [];
  const cache = new ClassCache((raw) => ({ no: known.push(raw ?? "") - 1, held: [] }));
  return { cache, judged: () => known.length };
}

test("a value is judged once while it keeps its place", () => {
  const { cache, judged } = counting();
  for (let no = 0; no < 10; no++) expect(asked(cache, "12.50").no).toBe(0);
  expect(judged()).toBe(1);
});

test("what it keeps does not change with the buffer that it came in", () => {
  const { cache } = counting();
  const bytes = Buffer.from("12.50");
  expect(cache.of(bytes, 0, 5).no).toBe(0);
  bytes.write("13.75");
  expect(cache.of(bytes, 0, 5).no).toBe(1);
});

test("times of an hour are judged by its ends, and one by one only in an hour that a rule divides", () => {
  const judged: (string | null)[] = [];
  const cache = new TimeClassCache((raw) => {
    judged.push(raw);
    return (raw ?? "") < "2026-03-04T12:30" ? early : late;
  });
  const [early, late] = [0, 1].map((no): Class => ({ no, held: [] })) as [Class, Class];
  for (let minute = 10; minute < 60; minute++) expect(asked(cache, `2026-03-04T11:${minute}:07.000Z`)).toBe(early);
  expect(judged).toHaveLength(2);
  expect(asked(cache, "2026-03-04T12:29:59.999Z")).toBe(early);
  expect(asked(cache, "2026-03-04T12:30:00.000Z")).toBe(late);
  expect(judged).toHaveLength(6);
});
