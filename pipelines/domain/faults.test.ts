import { expect, test } from "vitest";
import { deviceIdAt } from "./bucket.ts";
import { FAULT_KIND_SPECS, type SoundReport } from "./fault-kinds.ts";
import type { FaultProfile, Missingness } from "./fault-profile.ts";
import { type Fault, idHasher, injector } from "./faults.ts";
import { FAULT_KINDS, type FaultKind, REPORT_COLUMNS, type ReportColumn } from "./vocabulary.ts";

const COUNT = 40_000;
const ids = Array.from({ length: COUNT }, (_, index) => deviceIdAt(index, COUNT, 5));
const even: FaultProfile = {
  name: "even",
  rate: 0.015,
  weights: { null: 1, type_mismatch: 1, signal_drop: 1, out_of_range: 1 },
};
const only = (kind: FaultKind): FaultProfile => ({ ...even, weights: { [kind]: 1 } });
/** Nothing but values that go missing. */
const lost = (...missing: Missingness[]): FaultProfile => ({ ...even, missing });

const SOUND: SoundReport = {
  ...{ region: "India", model: "TX-40", hardware: "rev-A", firmware_from: "3.9.4", firmware_to: "4.1.0" },
  ...{ firmware_reported: "4.1.0", last_stage: "SUCCEEDED", error_code: null, attempts: "1", update_status: "Success" },
  ...{
    battery_voltage: "12.65",
    signal_strength: "68",
    storage_free_mb: "512",
    reported_at: "2026-03-02T17:45:00.000Z",
  },
};
const VERSIONS = ["3.9.0", "3.9.4"];

/** What befalls a device with a report, by its id. */
function fate(profile: FaultProfile, rate: number, seed: number, reported: readonly ReportColumn[] = REPORT_COLUMNS) {
  const inject = injector(profile, rate, seed, reported, VERSIONS);
  const hash = idHasher(seed);
  return (id: string, report: SoundReport = SOUND): readonly Fault[] => {
    const idHash = hash.ofText(id);
    if (!inject.chooses(idHash)) return [];
    const faults = inject.strike(idHash, report);
    const isNew = ({ field, after }: Fault): boolean => report[field] !== after;
    if (!inject.reads(idHash)) expect(inject.strike(idHash).filter(isNew)).toEqual(faults);
    return faults;
  };
}

function befall(profile: FaultProfile, rate: number, seed: number, reported?: readonly ReportColumn[]): Fault[] {
  const strike = fate(profile, rate, seed, reported);
  return ids.flatMap((id) => strike(id));
}

/** A share of all devices, within four standard deviations. */
function expectShare(struck: number, share: number): void {
  expect(Math.abs(struck - COUNT * share)).toBeLessThanOrEqual(4 * Math.sqrt(COUNT * share * (1 - share)));
}

test.each([0.001, 0.015, 0.3])(
  "a rate of %d strikes that share of devices, within four standard deviations",
  (rate) => {
    expectShare(befall(even, rate, 42).length, rate);
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
  const backwards = [...ids].reverse().flatMap((id) => strike(id));
  expect(backwards.reverse()).toEqual(befall(even, 0.05, 42));
});

test("a higher rate strikes the same devices and more", () => {
  const at = (rate: number) => {
    const strike = fate(even, rate, 42);
    return ids.filter((id) => strike(id).length > 0);
  };
  const more = new Set(at(0.02));
  expect(at(0.01).every((id) => more.has(id))).toBe(true);
  const [few, many] = [fate(even, 0.01, 42), fate(even, 0.02, 42)];
  expect(at(0.01).map((id) => few(id))).toEqual(at(0.01).map((id) => many(id)));
});

test.each(FAULT_KINDS)(
  "%s alone is injected where it alone has weight, into the fields that are usual for it",
  (kind) => {
    const faults = befall(only(kind), 0.1, 42);
    const { fields, usual = fields } = FAULT_KIND_SPECS[kind];
    expect(new Set(faults.map((fault) => fault.kind))).toEqual(new Set([kind]));
    const struck = kind === "swapped_columns" ? ["battery_voltage", "signal_strength"] : usual;
    expect(new Set(faults.map(({ field }) => field))).toEqual(new Set(struck));
  },
);

test("a profile says itself which fields a kind strikes", () => {
  const narrow: FaultProfile = { ...even, weights: { null: { weight: 2, fields: ["region", "attempts"] } } };
  expect(new Set(befall(narrow, 0.1, 42).map(({ field }) => field))).toEqual(new Set(["region", "attempts"]));
});

test("kinds befall devices as often as they weigh", () => {
  const faults = befall({ ...even, weights: { spike: 3, future_timestamp: 1 } }, 1, 42);
  expectShare(faults.filter(({ kind }) => kind === "spike").length, 0.75);
});

test("a blast radius is not left, and its share is that share of it", () => {
  const near: FaultProfile = { ...even, blast_radius: { region: ["India"], model: ["TX-40", "TX-80"], share: 0.25 } };
  const strike = fate(near, 0.5, 42);
  expectShare(ids.filter((id) => strike(id).length > 0).length, 0.125);
  for (const elsewhere of [{ region: "Europe" }, { region: null }, { model: "SG-110" }])
    expect(ids.flatMap((id) => strike(id, { ...SOUND, ...elsewhere }))).toEqual([]);
});

const when = { field: "region", test: { kind: "one_of", values: ["India"] } } as const;
const weak = { field: "signal_strength", test: { kind: "below", value: 40 } } as const;

test.each<[Missingness, Partial<SoundReport>, number]>([
  [{ field: "signal_strength", mechanism: "MCAR", rate: 0.1 }, {}, 0.1],
  [{ field: "signal_strength", mechanism: "MAR", rate: 0.1, when, times: 4 }, {}, 0.4],
  [{ field: "signal_strength", mechanism: "MAR", rate: 0.1, when, times: 4 }, { region: "Europe" }, 0.1],
  [{ field: "signal_strength", mechanism: "MAR", rate: 0.2, when, times: 0.5 }, {}, 0.1],
  [{ field: "signal_strength", mechanism: "MNAR", rate: 0.1, when: weak, times: 5 }, {}, 0.1],
  [{ field: "signal_strength", mechanism: "MNAR", rate: 0.1, when: weak, times: 5 }, { signal_strength: "39" }, 0.5],
  [{ field: "signal_strength", mechanism: "MNAR", rate: 0.1, when: weak, times: 5 }, { signal_strength: null }, 0],
])("values go missing as %j says, of %j", (loss, said, share) => {
  const strike = fate(lost(loss), 0, 42);
  const faults = ids.flatMap((id) => strike(id, { ...SOUND, ...said }));
  expectShare(faults.length, share);
  for (const fault of faults)
    expect(fault).toEqual({ kind: "null", field: "signal_strength", after: null, variant: 0 });
});

test("what is lost is lost beside other faults, never a second time on the same device", () => {
  const strike = fate(lost({ field: "attempts", mechanism: "MCAR", rate: 0.5 }), 0.5, 42);
  const struck = ids.map((id) => strike(id));
  expect(struck.every((faults) => faults.length <= 1)).toBe(true);
  expectShare(struck.filter(([fault]) => fault?.field === "attempts").length, 0.25);
});

test("nothing befalls a device that says already what chaos would make it say", () => {
  expect(ids.flatMap((id) => fate(only("signal_drop"), 1, 42)(id, { ...SOUND, signal_strength: "-999" }))).toEqual([]);
});

test("a false success needs a device that succeeded, and a version to fall back to", () => {
  const strike = fate(only("false_success"), 1, 42);
  const first = ids[0] ?? "";
  expect(strike(first)).toMatchObject([{ field: "firmware_reported", after: "3.9.4" }]);
  for (const said of [
    { update_status: "Partial" },
    { firmware_from: null },
    { firmware_from: "4.1.0" },
    { firmware_from: "1.0" },
  ])
    expect(strike(first, { ...SOUND, ...said } as SoundReport)).toEqual([]);
});

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
