import { expect, test } from "vitest";
import { hashText, hexHasher, mix32, permute22, seed32, sourceOf, unitOf, unmix32 } from "./random.ts";

const SPREAD = 0x9e3779b1;
const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => Math.imul(at, SPREAD) >>> 0);
const EDGES = [0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

test("mix32 and unmix32 undo each other, at the edges and in between", () => {
  const values = [...EDGES, ...numbers(100_000)];
  expect(values.filter((value) => unmix32(mix32(value)) !== value || mix32(unmix32(value)) !== value)).toEqual([]);
});

test.each([0, 42, 0xffffffff])("permute22 with seed %d gives every number below 2^22 once", (seed) => {
  const seen = new Uint8Array(2 ** 22);
  for (let value = 0; value < seen.length; value++) {
    const to = permute22(value, seed);
    seen[to] = (seen[to] ?? Number.NaN) + 1;
  }
  expect(seen.every((times) => times === 1)).toBe(true);
});

test("permute22 depends on its seed", () => {
  const order = (seed: number): number[] => numbers(64).map((value) => permute22(value & 0x3fffff, seed));
  expect(order(1)).not.toEqual(order(2));
});

test("seeds of 53 bits keep apart", () => {
  const seeds = [0, 1, 42, 2 ** 32, 2 ** 32 + 1, 2 ** 32 + 42, 2 ** 52, Number.MAX_SAFE_INTEGER];
  expect(new Set(seeds.map(seed32)).size).toBe(seeds.length);
});

test("unit stays from 0 to 1 and is uniform in ten classes", () => {
  const COUNT = 100_000;
  const drawn = Array.from({ length: COUNT }, (_, index) => unitOf(sourceOf(7, index), 3));
  const classes = Array.from({ length: 10 }, (_, at) => drawn.filter((u) => u >= at / 10 && u < (at + 1) / 10).length);
  expect(classes.reduce((sum, seen) => sum + seen)).toBe(COUNT);
  const chi = classes.reduce((sum, seen) => sum + (seen - COUNT / 10) ** 2 / (COUNT / 10), 0);
  // The 99.9 % quantile of chi-square with 9 degrees of freedom.
  expect(chi).toBeLessThan(27.9);
});

test("hashText tells texts apart that differ in one place, and by its seed", () => {
  const texts = ["", " ", "a", "A", "ab", "ba", "é", "e\u0301", "🔋", "\u{1f50b}\u{1f50b}", "'", "\\", "\t"];
  expect(new Set(texts.map((text) => hashText(text))).size).toBe(texts.length);
  expect(hashText("a", 1)).not.toBe(hashText("a", 2));
});

test.each([
  ["DEV-", 0],
  ["DEV-", 42],
  ["", 0xffffffff],
  ["é🔋", 7],
])("hexHasher(%j, %d) hashes eight digits as hashText hashes the text of them", (prefix, seed) => {
  const hash = hexHasher(prefix, seed);
  const textOf = (number: number): string => `${prefix}${number.toString(16).padStart(8, "0")}`;
  const values = [...EDGES, 0x9, 0xa, 0x99999999, 0xaaaaaaaa, ...numbers(20_000)];
  expect(values.filter((value) => hash(value) !== hashText(textOf(value), seed))).toEqual([]);
});
