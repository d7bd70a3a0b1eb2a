import { describe, expect, test } from "vitest";
import { gapBetween, gapWithin, isClear, sideOf, wilson } from "./gap.ts";

const side = (failures: number, devices: number) => ({ failures, devices });
const rounded = (n: number | undefined): number => Math.round((n ?? Number.NaN) * 1e4) / 1e4;

describe("a gap", () => {
  // Newcombe's own examples, table II of the paper, method 10.
  test.each([
    [side(56, 70), side(48, 80), 0.2, 0.0524, 0.3339],
    [side(9, 10), side(3, 10), 0.6, 0.1705, 0.809],
    [side(10, 10), side(0, 10), 1, 0.6075, 1],
    [side(5, 56), side(0, 29), 0.0893, -0.0381, 0.1926],
  ])("between %o and %o is as published", (a, b, gap, low, high) => {
    const found = gapBetween(a, b);
    expect([found?.gap, found?.low, found?.high].map(rounded)).toEqual([gap, low, high]);
    expect(found?.n).toBe(a.devices + b.devices);
  });

  test("needs two sides", () => {
    expect(gapBetween(side(0, 0), side(1, 2))).toBeUndefined();
    expect(gapWithin([[side(0, 0), side(1, 2)]])).toBeUndefined();
  });

  test("within strata is none where each stratum has none, whatever the mix", () => {
    const strata = [
      [side(80, 100), side(8, 10)],
      [side(1, 10), side(10, 100)],
    ] as const;
    const plain = gapBetween(sideOf(strata.map(([a]) => a)), sideOf(strata.map(([, b]) => b)));
    expect(plain && isClear(plain)).toBe(true);
    const within = gapWithin(strata);
    expect(rounded(within?.gap)).toBe(0);
    expect(within && isClear(within)).toBe(false);
  });

  test("within one stratum is the plain one", () => {
    const [a, b] = [side(300, 1000), side(250, 1000)];
    expect(rounded(gapWithin([[a, b]])?.gap)).toBe(0.05);
    expect(Math.abs((gapWithin([[a, b]])?.low ?? 0) - (gapBetween(a, b)?.low ?? 1))).toBeLessThan(0.001);
  });
});

test("Wilson's bounds end at nothing and at all", () => {
  expect(wilson(0, 20)[0]).toBe(0);
  expect(rounded(wilson(20, 20)[0])).toBe(0.8389);
  expect(wilson(20, 20)[1]).toBe(1);
});
