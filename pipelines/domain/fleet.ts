import { bucketAt, deviceIdAt } from "./bucket.ts";
import { bits, seed32, unit } from "./random.ts";
import type { ReportColumn, ReportedStatus, UpdateStage } from "./vocabulary.ts";

/** A value and how often it stands against its neighbours. */
export interface Weighted<T> {
  readonly value: T;
  readonly weight: number;
}

/** One row of `data/regions.csv`: where devices are, and what that does to them. */
export interface RegionSpec {
  readonly region: string;
  /** Probability that an update ends as Partial here, before the model's factor. */
  readonly partialRate: number;
  /** Volts. */
  readonly batteryMean: number;
  /** Percent. */
  readonly signalMean: number;
  readonly stages: readonly Weighted<UpdateStage>[];
}

/** One row of `data/models.csv`. */
export interface ModelSpec {
  readonly model: string;
  readonly partialFactor: number;
  readonly hardware: readonly Weighted<string>[];
  /** Megabytes. */
  readonly storageMb: number;
}

/** Everything that the fleet is made from; with a seed and a count it fixes every report to the byte. */
export interface FleetSpec {
  readonly regions: readonly Weighted<RegionSpec>[];
  readonly models: readonly Weighted<ModelSpec>[];
  readonly firmwareFrom: readonly Weighted<string>[];
  readonly firmwareTo: string;
  readonly errors: Readonly<Record<string, readonly Weighted<string>[]>>;
}

/** What one device reported: the columns of `device_report` that a source fills. */
export type DeviceReport = {
  readonly bucket: number;
  readonly deviceId: string;
  readonly updateStatus: ReportedStatus;
} & { readonly [column in ReportColumn]: string | null };

/** One question about a device each, so that an answer never moves another. */
const STREAM = {
  region: 0,
  model: 1,
  hardware: 2,
  from: 3,
  partial: 4,
  stage: 5,
  error: 6,
  attempts: 7,
  time: 8,
} as const;
const BATTERY_STREAM = 16;
const SIGNAL_STREAM = 24;
const STORAGE_STREAM = 32;

const ROLLOUT_START_MS = Date.UTC(2026, 2, 2);
const ROLLOUT_SECONDS = 72 * 3600;
const BATTERY_SPREAD_V = 0.55;
const SIGNAL_SPREAD_PERCENT = 16;

/** Prepares a fleet. The function that it returns makes the report of the device with an index from 0 to `count` - 1. */
export function fleet(spec: FleetSpec, count: number, seed: number): (index: number) => DeviceReport {
  const key = seed32(seed);
  const pickRegion = picker(spec.regions.map(withPickerOf("stages")));
  const pickModel = picker(spec.models.map(withPickerOf("hardware")));
  const pickFrom = picker(spec.firmwareFrom);
  const errors = new Map(Object.entries(spec.errors).map(([stage, codes]) => [stage, picker(codes)]));
  return (index) => {
    const region = pickRegion(unit(key, index, STREAM.region));
    const model = pickModel(unit(key, index, STREAM.model));
    const from = pickFrom(unit(key, index, STREAM.from));
    const partial = unit(key, index, STREAM.partial) < region.partialRate * model.partialFactor;
    const stage = partial ? (region.pick(unit(key, index, STREAM.stage)) ?? "DOWNLOADING") : "SUCCEEDED";
    const attempts = 1 + Math.floor(unit(key, index, STREAM.attempts) ** 2 * (partial ? 4 : 2));
    const volts = region.batteryMean + BATTERY_SPREAD_V * bell(key, index, BATTERY_STREAM);
    const percent = region.signalMean + SIGNAL_SPREAD_PERCENT * bell(key, index, SIGNAL_STREAM);
    return {
      bucket: bucketAt(index, count),
      deviceId: deviceIdAt(index, count, key),
      region: region.region,
      model: model.model,
      hardware: model.pick(unit(key, index, STREAM.hardware)) ?? null,
      firmware_from: from,
      firmware_to: spec.firmwareTo,
      firmware_reported: partial ? from : spec.firmwareTo,
      last_stage: stage,
      error_code: partial ? (errors.get(stage)?.(unit(key, index, STREAM.error)) ?? null) : null,
      attempts: String(attempts),
      battery_voltage: HUNDREDTHS[Math.round(100 * clamp(volts, 9, MOST_VOLTS))] as string,
      signal_strength: String(Math.round(clamp(percent, 1, 100))),
      storage_free_mb: String(Math.floor(model.storageMb * (0.05 + 0.8 * unit(key, index, STORAGE_STREAM) ** 2))),
      reported_at: timeAfter(Math.floor(unit(key, index, STREAM.time) * ROLLOUT_SECONDS)),
      updateStatus: partial ? "Partial" : "Success",
    };
  };
}

/** Prepares the choice that hangs on another choice: what `list` of the value holds. */
function withPickerOf<K extends string>(list: K) {
  return <V extends string, T extends { readonly [key in K]: readonly Weighted<V>[] }>({
    value,
    weight,
  }: Weighted<T>) => ({
    value: { ...value, pick: picker<T[K][number]["value"]>(value[list]) },
    weight,
  });
}

const MOST_VOLTS = 14.8;
/** Ready to be looked up: toFixed costs a twelfth of making and encoding a report. */
const HUNDREDTHS = Array.from({ length: 100 * MOST_VOLTS + 1 }, (_, value) => (value / 100).toFixed(2));

/** ISO 8601, so many seconds after the rollout began: the parts are ready, for a Date costs as much as half of the report. */
function timeAfter(seconds: number): string {
  return `${MINUTES[Math.floor(seconds / 60)]}${SECONDS[seconds % 60]}`;
}
const MINUTES = Array.from({ length: ROLLOUT_SECONDS / 60 }, (_, minute) =>
  new Date(ROLLOUT_START_MS + minute * 60_000).toISOString().slice(0, "2026-03-02T00:00:".length),
);
const SECONDS = Array.from({ length: 60 }, (_, second) => `${String(second).padStart(2, "0")}.000Z`);

/** Mean 0, standard deviation 1: the sum of four 16-bit numbers, near enough to normal and never beyond 3.5. */
function bell(seed: number, index: number, stream: number): number {
  const a = bits(seed, index, stream);
  const b = bits(seed, index, stream + 1);
  const sum = (a >>> 16) + (a & 0xffff) + (b >>> 16) + (b & 0xffff);
  return (sum / 65_536 - 2) * Math.sqrt(3);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** Chooses by weight: takes a number from 0 to 1. */
export function picker<T>(choices: readonly Weighted<T>[]): (u: number) => T {
  const total = choices.reduce((sum, { weight }) => sum + weight, 0);
  let below = 0;
  const bounds = choices.map(({ weight }) => {
    below += weight / total;
    return below;
  });
  const values = choices.map(({ value }) => value);
  const last = choices.length - 1;
  return (u) => {
    let at = 0;
    while (at < last && !(u < (bounds[at] as number))) at++;
    return values[at] as T;
  };
}
