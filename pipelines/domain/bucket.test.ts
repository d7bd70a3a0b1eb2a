import fc from "fast-check";
import { expect, test } from "vitest";
import {
  bucketAt,
  bucketIn,
  bucketOf,
  bucketOrder,
  bucketStart,
  deviceIdAt,
  deviceNumber,
  idOf,
  MAX_DEVICES,
} from "./bucket.ts";
import { BUCKET_COUNT } from "./vocabulary.ts";

/** The 99.9 % quantile of chi-square with 1023 degrees of freedom. */
const CHI_1023 = 1168.5;

function chiSquare(buckets: readonly number[]): number {
  const seen = new Array<number>(BUCKET_COUNT).fill(0);
  for (const bucket of buckets) seen[bucket] = (seen[bucket] ?? Number.NaN) + 1;
  const expected = buckets.length / BUCKET_COUNT;
  return seen.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

test.each([1, 7, 1000, 1024, 1025, 65_537])("%d ids are unique, of one form, and in their bucket", (count) => {
  const ids = Array.from({ length: count }, (_, index) => deviceIdAt(index, count, 42));
  expect(new Set(ids).size).toBe(count);
  expect(ids.filter((id) => !/^DEV-[0-9a-f]{8}$/.test(id))).toEqual([]);
  expect(ids.map(bucketOf)).toEqual(ids.map((_, index) => bucketAt(index, count)));
});

test("buckets ascend with the index and differ in size by one at most", () => {
  const count = 5000;
  const buckets = Array.from({ length: count }, (_, index) => bucketAt(index, count));
  expect(buckets).toEqual(buckets.toSorted((a, b) => a - b));
  const sizes = Array.from({ length: BUCKET_COUNT }, (_, bucket) => buckets.filter((at) => at === bucket).length);
  expect(Math.max(...sizes) - Math.min(...sizes)).toBe(1);
});

test("the largest fleet's first and last devices have ids and buckets as any other", () => {
  for (const index of [0, 1, MAX_DEVICES / 2, MAX_DEVICES - 2, MAX_DEVICES - 1]) {
    expect(bucketOf(deviceIdAt(index, MAX_DEVICES, 9))).toBe(bucketAt(index, MAX_DEVICES));
  }
});

test.each([
  [1, 5],
  [1_023, 0],
  [1_024, 1],
  [65_537, 42],
  [3_000_000, 7],
  [MAX_DEVICES, 9],
])("of %d devices, a bucket's order holds each of its devices once, by ascending id", (count, seed) => {
  for (const bucket of count === MAX_DEVICES ? [1_023] : [0, 1, 500, 1_022, 1_023]) {
    const { numbers, indexes } = bucketOrder(bucket, count, seed);
    const [from, to] = [bucketStart(bucket, count), bucketStart(bucket + 1, count)];
    expect([numbers.length, indexes.length]).toEqual([to - from, to - from]);
    expect(numbers.every((number, at) => at === 0 || number > (numbers[at - 1] ?? Number.NaN))).toBe(true);
    expect(indexes.every((index, at) => numbers[at] === deviceNumber(bucket, index - from, seed))).toBe(true);
    expect(indexes.toSorted().every((index, at) => index === from + at)).toBe(true);
  }
});

test("the order of the ids is that of their texts, by which a key sorts", () => {
  const count = 200_000;
  const { numbers, indexes } = bucketOrder(77, count, 3);
  const ids = Array.from(numbers, idOf);
  expect(ids).toEqual(ids.toSorted());
  expect(ids).toEqual(Array.from(indexes, (index) => deviceIdAt(index, count, 3)));
});

test("seeds give other ids", () => {
  const of = (seed: number) => Array.from({ length: 50 }, (_, index) => deviceIdAt(index, 50, seed));
  expect(of(1)).not.toEqual(of(2));
});

test("ids of other makers fall evenly into the buckets", () => {
  const COUNT = 50_000;
  const forms = [
    (n: number) => `sensor-${n}`,
    (n: number) => `00:1b:44:11:${n.toString(16)}`,
    (n: number) => `温度計${n}`,
  ];
  for (const form of forms) {
    expect(chiSquare(Array.from({ length: COUNT }, (_, at) => bucketOf(form(at))))).toBeLessThan(CHI_1023);
  }
  const own = Array.from({ length: COUNT }, (_, at) => bucketOf(`DEV-${at.toString(16).padStart(8, "0")}`));
  expect(chiSquare(own)).toBeLessThan(CHI_1023);
});

test("any text at all has a bucket from 0 to 1023, the same each time", () => {
  const text = fc.string({ unit: "binary", maxLength: 60 });
  fc.assert(
    fc.property(text, (id) => {
      const bucket = bucketOf(id);
      return Number.isInteger(bucket) && bucket >= 0 && bucket < BUCKET_COUNT && bucketOf(id) === bucket;
    }),
    { seed: 42, numRuns: 1000 },
  );
});

test("the bucket of bytes is that of the text which they are", () => {
  const like = fc.constantFrom(
    "DEV-00c0ffee",
    "DEV-ffffffff",
    "DEV-00C0FFEE",
    "DEV-00c0ffe",
    "dev-00c0ffee",
    "DEV-00c0ffeg",
    "",
  );
  fc.assert(
    fc.property(fc.oneof(like, fc.string(), fc.string({ unit: "binary" })), fc.string(), (id, before) => {
      const bytes = Buffer.from(`${before}${id}f`);
      const from = Buffer.byteLength(before);
      expect(bucketIn(bytes, from, bytes.length - 1)).toBe(bucketOf(bytes.toString("utf8", from, bytes.length - 1)));
    }),
  );
});
