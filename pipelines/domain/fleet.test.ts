import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { reference } from "../reference.ts";
import { type DeviceReport, fleet, picker } from "./fleet.ts";
import { UPDATE_STAGES } from "./vocabulary.ts";

const spec = reference(fileURLToPath(new URL("../..", import.meta.url))).fleet();
const COUNT = 12_000;
const reports = made(COUNT, 42);

function made(count: number, seed: number, order = Array.from({ length: count }, (_, index) => index)): DeviceReport[] {
  const reportAt = fleet(spec, count, seed);
  return order.map((index) => reportAt(index));
}

/** Share of devices that pass, and the standard error of it. */
function share(of: readonly DeviceReport[], passes: (report: DeviceReport) => boolean): { p: number; se: number } {
  const p = of.filter(passes).length / of.length;
  return { p, se: Math.sqrt((p * (1 - p)) / of.length) };
}

const partial = ({ updateStatus }: DeviceReport): boolean => updateStatus === "Partial";
const region = (name: string) => reports.filter((report) => report.region === name);

test("reports are addressed: the order in which they are made is all one", () => {
  const backwards = Array.from({ length: 3000 }, (_, at) => 2999 - at);
  expect(made(3000, 7, backwards).reverse()).toEqual(made(3000, 7));
  expect(fleet(spec, COUNT, 42)(11_234)).toEqual(reports[11_234]);
});

test("another seed makes another fleet", () => {
  const values = (seed: number) => made(500, seed).map((report) => `${report.deviceId} ${report.battery_voltage}`);
  expect(values(1)).not.toEqual(values(2));
});

test("every id is unique and of the form that the prototype's users know", () => {
  expect(new Set(reports.map(({ deviceId }) => deviceId)).size).toBe(COUNT);
  expect(reports.filter(({ deviceId }) => !/^DEV-[0-9a-f]{8}$/.test(deviceId))).toEqual([]);
});

test("India and the Middle East fail well above every other region", () => {
  const weak = ["India", "Middle East"].map((name) => share(region(name), partial));
  const strong = ["North America", "Europe", "Asia-Pacific"].map((name) => share(region(name), partial));
  for (const low of weak) {
    for (const high of strong) expect(low.p - high.p).toBeGreaterThan(4 * Math.hypot(low.se, high.se));
  }
});

test("each region has its share of the fleet and its rate of failure, within four standard errors", () => {
  const factor = spec.models.reduce((sum, { value, weight }) => sum + weight * value.partialFactor, 0);
  for (const { value, weight } of spec.regions) {
    const held = share(reports, (report) => report.region === value.region);
    expect(Math.abs(held.p - weight)).toBeLessThan(4 * held.se);
    const failed = share(region(value.region), partial);
    expect(Math.abs(failed.p - value.partialRate * factor)).toBeLessThan(4 * failed.se);
  }
});

test("a Success says so throughout, and a Partial says where it stopped and why", () => {
  const succeeded = reports.filter((report) => !partial(report));
  expect(new Set(succeeded.map(({ last_stage }) => last_stage))).toEqual(new Set(["SUCCEEDED"]));
  expect(succeeded.filter((report) => report.firmware_reported !== report.firmware_to || report.error_code)).toEqual(
    [],
  );
  const failed = reports.filter(partial);
  const known = new Set<string | null>(UPDATE_STAGES.slice(0, -1));
  expect(failed.filter(({ last_stage }) => !known.has(last_stage))).toEqual([]);
  expect(failed.filter((report) => report.firmware_reported !== report.firmware_from || !report.error_code)).toEqual(
    [],
  );
});

test("telemetry is in its units, before chaos has touched it", () => {
  const forms = {
    battery_voltage: /^(9|1[0-4])\.\d\d$/,
    signal_strength: /^([1-9]\d?|100)$/,
    storage_free_mb: /^\d+$/,
    reported_at: /^2026-03-0[2-4]T\d\d:\d\d:\d\d\.000Z$/,
  };
  for (const [column, form] of Object.entries(forms)) {
    const values = reports.map((report) => report[column as keyof typeof forms]);
    expect(values.filter((value) => value === null || !form.test(value))).toEqual([]);
  }
});

test("picker keeps to the weights, and never falls off the end", () => {
  const pick = picker([
    { value: "a", weight: 1 },
    { value: "none", weight: 0 },
    { value: "b", weight: 3 },
  ]);
  expect([0, 0.2499, 0.25, 0.9999999999, 1].map(pick)).toEqual(["a", "a", "b", "b", "b"]);
});
