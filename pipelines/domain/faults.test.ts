import { expect, test } from "vitest";
import { deviceIdAt } from "./bucket.ts";
import { type Fault, type FaultProfile, injector, parseFaultProfile } from "./faults.ts";
import { FAULT_KINDS, type FaultKind } from "./vocabulary.ts";

const COUNT = 40_000;
const ids = Array.from({ length: COUNT }, (_, index) => deviceIdAt(index, COUNT, 5));
const FULL = { battery_voltage: "12.60", signal_strength: "71", storage_free_mb: "512" };
const even: FaultProfile = {
  name: "even",
  rate: 0.015,
  weights: { null: 1, type_mismatch: 1, signal_drop: 1, out_of_range: 1 },
};
const only = (kind: FaultKind): FaultProfile => ({
  ...even,
  weights: { null: 0, type_mismatch: 0, signal_drop: 0, out_of_range: 0, [kind]: 1 },
});

function befall(
  profile: FaultProfile,
  rate: number,
  seed: number,
  telemetry = FULL as Parameters<ReturnType<typeof injector>>[1],
): Fault[] {
  const inject = injector(profile, rate, seed);
  return ids.flatMap((id) => inject(id, telemetry) ?? []);
}

test.each([0.001, 0.015, 0.3])(
  "a rate of %d strikes that share of devices, within four standard deviations",
  (rate) => {
    const struck = befall(even, rate, 42).length;
    expect(Math.abs(struck - COUNT * rate)).toBeLessThan(4 * Math.sqrt(COUNT * rate * (1 - rate)));
  },
);

test("a rate of 0 strikes nobody, a rate of 1 everybody", () => {
  expect(befall(even, 0, 42)).toEqual([]);
  expect(befall(even, 1, 42)).toHaveLength(COUNT);
});

test("the seed alone decides, whatever the order", () => {
  expect(befall(even, 0.05, 42)).toEqual(befall(even, 0.05, 42));
  expect(befall(even, 0.05, 43)).not.toEqual(befall(even, 0.05, 42));
  const inject = injector(even, 0.05, 42);
  const backwards = [...ids].reverse().flatMap((id) => inject(id, FULL) ?? []);
  expect(backwards.reverse()).toEqual(befall(even, 0.05, 42));
});

test("a higher rate strikes the same devices and more", () => {
  const at = (rate: number) => ids.filter((id) => injector(even, rate, 42)(id, FULL) !== undefined);
  const more = new Set(at(0.02));
  expect(at(0.01).every((id) => more.has(id))).toBe(true);
});

test.each(FAULT_KINDS)("%s alone is injected where it alone has weight, and changes the value", (kind) => {
  const faults = befall(only(kind), 0.1, 42);
  expect(faults.length).toBeGreaterThan(0);
  for (const fault of faults) {
    expect(fault.kind).toBe(kind);
    expect(fault.before).toBe(FULL[fault.field]);
    expect(fault.after).not.toBe(fault.before);
    if (kind === "signal_drop") expect(fault).toMatchObject({ field: "signal_strength", after: "-999" });
    if (kind === "null") expect(fault.after).toBeNull();
  }
});

test("a field that is not reported is never struck", () => {
  const faults = befall(even, 1, 42, { signal_strength: "70" });
  expect(new Set(faults.map(({ field }) => field))).toEqual(new Set(["signal_strength"]));
  expect(befall(only("signal_drop"), 1, 42, { battery_voltage: "12" })).toEqual([]);
  expect(befall(even, 1, 42, {})).toEqual([]);
});

test("what is as the fault would make it is no fault", () => {
  expect(befall(only("null"), 1, 42, { battery_voltage: null })).toEqual([]);
  expect(befall(only("signal_drop"), 1, 42, { signal_strength: "-999" })).toEqual([]);
});

test.each<[unknown, string]>([
  [null, '"name"'],
  [7, '"name"'],
  [{ ...even, name: 7 }, '"name"'],
  [{ ...even, rate: -0.1 }, '"rate" must be a number from 0 to 1'],
  [{ ...even, rate: 1.1 }, '"rate" must be a number from 0 to 1'],
  [{ ...even, rate: "0.1" }, '"rate" must be a number from 0 to 1'],
  [{ ...even, rate: Number.NaN }, '"rate" must be a number from 0 to 1'],
  [{ ...even, weights: undefined }, '"null"'],
  [{ ...even, weights: { ...even.weights, signal_drop: -1 } }, '"signal_drop"'],
  [{ ...even, weights: { null: 1, type_mismatch: 1, signal_drop: 1 } }, '"out_of_range"'],
  [{ ...even, weights: { null: 0, type_mismatch: 0, signal_drop: 0, out_of_range: 0 } }, "all 0"],
])("profile %j is refused: %s", (profile, sentence) => {
  expect(parseFaultProfile(profile)).toEqual(expect.stringContaining(sentence));
});
