import { expect, test } from "vitest";
import { deviceIdAt } from "./bucket.ts";
import { type Fault, type FaultProfile, idHasher, injector, parseFaultProfile } from "./faults.ts";
import { FAULT_KINDS, type FaultKind, REPORT_COLUMNS, type ReportColumn } from "./vocabulary.ts";

const COUNT = 40_000;
const ids = Array.from({ length: COUNT }, (_, index) => deviceIdAt(index, COUNT, 5));
const even: FaultProfile = {
  name: "even",
  rate: 0.015,
  weights: { null: 1, type_mismatch: 1, signal_drop: 1, out_of_range: 1 },
};
const only = (kind: FaultKind): FaultProfile => ({
  ...even,
  weights: { null: 0, type_mismatch: 0, signal_drop: 0, out_of_range: 0, [kind]: 1 },
});

/** What befalls a device, by its id. */
function fate(profile: FaultProfile, rate: number, seed: number, reported: readonly ReportColumn[] = REPORT_COLUMNS) {
  const inject = injector(profile, rate, seed, reported);
  const hash = idHasher(seed);
  return (id: string): Fault | undefined => inject(hash.ofText(id));
}

function befall(profile: FaultProfile, rate: number, seed: number, reported?: readonly ReportColumn[]): Fault[] {
  const strike = fate(profile, rate, seed, reported);
  return ids.flatMap((id) => strike(id) ?? []);
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
  const strike = fate(even, 0.05, 42);
  const backwards = [...ids].reverse().flatMap((id) => strike(id) ?? []);
  expect(backwards.reverse()).toEqual(befall(even, 0.05, 42));
});

test("a higher rate strikes the same devices and more", () => {
  const at = (rate: number) => {
    const strike = fate(even, rate, 42);
    return ids.filter((id) => strike(id) !== undefined);
  };
  const more = new Set(at(0.02));
  expect(at(0.01).every((id) => more.has(id))).toBe(true);
  const [few, many] = [fate(even, 0.01, 42), fate(even, 0.02, 42)];
  expect(at(0.01).map(few)).toEqual(at(0.01).map(many));
});

/** What a device in good health reports. */
const WHOLESOME = /^\d+(\.\d+)?$/;

test.each(FAULT_KINDS)(
  "%s alone is injected where it alone has weight, and the value is none that is sound",
  (kind) => {
    const faults = befall(only(kind), 0.1, 42);
    expect(faults.length).toBeGreaterThan(0);
    for (const fault of faults) {
      expect(fault.kind).toBe(kind);
      if (kind === "signal_drop") expect(fault).toMatchObject({ field: "signal_strength", after: "-999" });
      else if (kind === "null") expect(fault.after).toBeNull();
      else if (kind === "type_mismatch") expect(fault.after).not.toMatch(WHOLESOME);
      else expect(Number.isFinite(Number(fault.after))).toBe(true);
    }
  },
);

test("a field that the source does not report is never struck", () => {
  const faults = befall(even, 1, 42, ["region", "signal_strength"]);
  expect(new Set(faults.map(({ field }) => field))).toEqual(new Set(["signal_strength"]));
  expect(befall(only("signal_drop"), 1, 42, ["battery_voltage"])).toEqual([]);
  expect(befall(even, 1, 42, [])).toEqual([]);
});

test.each([0, 42, Number.MAX_SAFE_INTEGER])("a device is the same by its number as by its id, with seed %d", (seed) => {
  const { ofText, ofNumber } = idHasher(seed);
  const numbers = ids.map((id) => Number.parseInt(id.slice(4), 16));
  expect(numbers.map(ofNumber)).toEqual(ids.map(ofText));
  expect([0, 9, 0xffffffff].map(ofNumber)).toEqual(["DEV-00000000", "DEV-00000009", "DEV-ffffffff"].map(ofText));
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
  expect(() => parseFaultProfile(profile)).toThrow(sentence);
});
