import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Misfit } from "./condition.ts";
import {
  ASSUMPTION_IDS,
  type Assumptions,
  parseAssumptions,
  partsOf,
  type RoiBase,
  returnOf,
  swingsOf,
  type Values,
  valuesOf,
} from "./roi.ts";

const shipped = (): Assumptions =>
  parseAssumptions(JSON.parse(readFileSync(new URL("../../data/roi/default.json", import.meta.url), "utf8")));
const BASE: RoiBase = { retried: 1000, rolled_back: 400, worked_by_person: 30 };
const ONES = Object.fromEntries(ASSUMPTION_IDS.map((id) => [id, 1])) as Values;

const bases = fc.record({ retried: fc.nat(1e7), rolled_back: fc.nat(1e7), worked_by_person: fc.nat(1e6) });
const values = fc.record(
  Object.fromEntries(
    ASSUMPTION_IDS.map((id) => [id, fc.double({ min: 0, max: /_(share|success)$/.test(id) ? 1 : 1000, noNaN: true })]),
  ),
) as unknown as fc.Arbitrary<Values>;

describe("the return", () => {
  test("is the formula, part by part", () => {
    const chosen = {
      ...ONES,
      ...{ retry_success: 0.5, rollback_success: 0.75, truck_share: 0.1, truck_cost: 200, ticket_share: 0.5 },
      ...{ ticket_cost: 10, replace_share: 0.01, hardware_cost: 90, shipping_cost: 10, downtime_hours: 4 },
      ...{ hour_cost: 0.25, attempts: 2, action_cost: 0.01, image_mb: 0.5, mb_cost: 0.1, triage_minutes: 6 },
      labour_cost: 50,
    };
    // 1000 x 0.5 + 400 x 0.75 = 800 devices that work.
    const amounts = Object.fromEntries(partsOf(BASE, chosen).map(({ id, amount }) => [id, amount]));
    for (const [id, amount] of Object.entries({
      ...{ trucks: 16_000, tickets: 4_000, replacements: 800, downtime: 800 },
      ...{ actions: -24, data: -100, labour: -150 },
    }))
      expect(amounts[id], id).toBeCloseTo(amount, 6);
    expect(returnOf(BASE, chosen)).toBeCloseTo(21_326, 6);
  });

  test("of nothing is nothing", () => {
    expect(returnOf({ retried: 0, rolled_back: 0, worked_by_person: 0 }, valuesOf(shipped(), "most"))).toBeCloseTo(0);
  });

  test("never falls in what raises it, and never rises in what lowers it", () => {
    const file = shipped();
    const [least, most] = [valuesOf(file, "least"), valuesOf(file, "most")];
    fc.assert(
      fc.property(
        bases,
        values,
        fc.constantFrom(...ASSUMPTION_IDS),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (base, given, id, share) => {
          const more = {
            ...given,
            [id]: given[id] + (/_(share|success)$/.test(id) ? share * (1 - given[id]) : 100 * share),
          };
          const raises = most[id] > least[id];
          const [before, after] = [returnOf(base, given), returnOf(base, more)];
          const slack = 1e-9 * Math.max(1, ...partsOf(base, more).map(({ amount }) => Math.abs(amount)));
          expect(raises ? after - before : before - after).toBeGreaterThanOrEqual(-slack);
        },
      ),
    );
  });

  test("lies, with any value within its range, between the least and the most", () => {
    const file = shipped();
    fc.assert(
      fc.property(
        bases,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 17, maxLength: 17 }),
        (base, at) => {
          const chosen = Object.fromEntries(
            file.assumptions.map(({ id, low, high }, no) => [id, low + (high - low) * (at[no] as number)]),
          ) as Values;
          const amount = returnOf(base, chosen);
          const slack = 1e-9 * Math.abs(amount) + 1e-6;
          expect(amount).toBeGreaterThanOrEqual(returnOf(base, valuesOf(file, "least")) - slack);
          expect(amount).toBeLessThanOrEqual(returnOf(base, valuesOf(file, "most")) + slack);
        },
      ),
    );
  });

  test("swings most by what is named first", () => {
    const file = shipped();
    const swings = swingsOf(BASE, file.assumptions, valuesOf(file, "mid"));
    const widths = swings.map(({ low, high }) => Math.abs(high - low));
    expect(widths).toEqual(widths.toSorted((a, b) => b - a));
    expect(swings.map(({ id }) => id).sort()).toEqual([...ASSUMPTION_IDS].sort());
  });
});

describe("a file of assumptions", () => {
  /** A file with one value put in at a place. */
  const changed = (at: readonly (string | number)[], value: unknown): unknown => {
    const file = structuredClone(shipped());
    const last = at.at(-1) as string;
    const owner = at.slice(0, -1).reduce((one, key) => (one as never)[key] as object, file as object);
    Object.assign(owner, { [last]: value });
    return file;
  };
  const refused = (file: unknown): Misfit => {
    try {
      parseAssumptions(file);
    } catch (error) {
      if (error instanceof Misfit) return error;
      throw error;
    }
    throw new Error("it was taken");
  };

  test.each([
    ['"currency" must be three letters', ["currency"], "dollars"],
    ['there is no "mod"', ["assumptions", 0, "mod"], 1],
    ['"low", "mid" and "high" must stand in that order', ["assumptions", 3, "mid"], 1],
    ["a share is 1 at most", ["assumptions", 0, "high"], 2],
    ['"low" must be a number, 0 or more', ["assumptions", 1, "low"], -1],
    ['"source" must be a text, or null', ["assumptions", 1, "source"], 7],
    ['"note" must be a text', ["assumptions", 1, "note"], ""],
    ["must be one of retry_success", ["assumptions", 5, "id"], "luck"],
    ["there is no assumption retry_success, rollback_success", ["assumptions"], []],
  ] as const)("is refused where %s", (what, at, value) => {
    const misfit = refused(changed(at, value));
    expect(misfit.message).toContain(what);
    expect(misfit.at).toEqual(at);
  });

  test("has no assumption twice", () => {
    expect(refused(changed(["assumptions", 2, "id"], "truck_cost"))).toMatchObject({ at: ["assumptions", 3, "id"] });
  });
});
