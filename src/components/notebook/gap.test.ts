import { describe, expect, test } from "vitest";
import { gapOf, gapWithin, isClear } from "./gap.ts";

const side = (failures: number, devices: number) => ({ failures, devices });
const rounded = (n: number | undefined): number => Math.round((n ?? Number.NaN) * 1e4) / 1e4;

describe("a gap", () => {
  test("is the mart's own, and none where one of its sides is empty", () => {
    expect(gapOf({ gap: 0.2, gap_low: 0.0524, gap_high: 0.3339 }, 150)).toEqual({
      ...{ gap: 0.2, low: 0.0524, high: 0.3339, n: 150 },
    });
    expect(gapOf({ gap: null, gap_low: null, gap_high: null }, 2)).toBeUndefined();
    expect(gapOf(undefined, 0)).toBeUndefined();
    expect(gapWithin([[side(0, 0), side(1, 2)]])).toBeUndefined();
  });

  test("within strata is none where each stratum has none, whatever the mix", () => {
    const within = gapWithin([
      [side(80, 100), side(8, 10)],
      [side(1, 10), side(10, 100)],
    ]);
    expect(rounded(within?.gap)).toBe(0);
    expect(within && isClear(within)).toBe(false);
  });

  test("within one stratum is the plain one, with the textbook's bounds", () => {
    const within = gapWithin([[side(300, 1000), side(250, 1000)]]);
    const half = 1.96 * Math.sqrt((0.3 * 0.7) / 1000 + (0.25 * 0.75) / 1000);
    expect([within?.gap, within?.low, within?.high].map(rounded)).toEqual(
      [0.05, 0.05 - half, 0.05 + half].map(rounded),
    );
    expect(within?.n).toBe(2000);
  });
});
