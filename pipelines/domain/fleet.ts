import { bucketAt, deviceIdAt } from "./bucket.ts";
import { Answers, seed32, sourceOf } from "./random.ts";
import {
  OUTCOME_COLUMNS,
  PROFILE_COLUMNS,
  type ReportColumn,
  type ReportedStatus,
  type UpdateStage,
} from "./vocabulary.ts";

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

/** The streams of the questions about a device, one each, so that an answer never moves another. */
const STREAMS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 17, 24, 25, 32];
/** Which of them answers what; the battery and the signal ask the next one, too. */
const ASKED = {
  ...{ region: 0, model: 1, hardware: 2, from: 3, partial: 4, stage: 5, error: 6, attempts: 7, time: 8 },
  ...{ battery: 9, signal: 11, storage: 13 },
} as const;

const ROLLOUT_START_MS = Date.UTC(2026, 2, 2);
const ROLLOUT_SECONDS = 72 * 3600;
const BATTERY_SPREAD_V = 0.55;
const SIGNAL_SPREAD_PERCENT = 16;
const LEAST_VOLTS = 9;
const MOST_VOLTS = 14.8;

/** What one device is and did, as numbers: {@link fleetWords} and {@link FIELD_TEXTS} say what they stand for. */
export interface Draw {
  profile: number;
  outcome: number;
  attempts: number;
  centivolts: number;
  percent: number;
  storageMb: number;
  /** After the rollout began. */
  seconds: number;
}

/**
 * Prepares a fleet. The function that it returns draws the device with an index into `into`, which it returns. What it looks up lies in
 * flat lists of numbers, and every choice is of one class: so the engine makes one piece of code of it all.
 */
export function drawer(spec: FleetSpec, seed: number): (index: number, into: Draw) => Draw {
  const key = seed32(seed);
  const plan = planOf(spec);
  const regions = spec.regions.map(({ value }) => value);
  const models = spec.models.map(({ value }) => value);
  const pickRegion = new Picker(spec.regions);
  const pickModel = new Picker(spec.models);
  const pickFrom = new Picker(spec.firmwareFrom);
  const pickHardware = models.map(({ hardware }) => new Picker(hardware));
  const pickStage = regions.map(({ stages }) => new Picker(stages));
  const pickError = plan.errors.map((codes) => new Picker(codes));
  const partialRate = Float64Array.from(regions.flatMap((r) => models.map((m) => r.partialRate * m.partialFactor)));
  const batteryMean = Float64Array.from(regions, ({ batteryMean: mean }) => mean);
  const signalMean = Float64Array.from(regions, ({ signalMean: mean }) => mean);
  const storageMb = Float64Array.from(models, ({ storageMb: full }) => full);
  const answers = new Answers(STREAMS);
  return (index, into) => {
    answers.ask(sourceOf(key, index));
    const region = pickRegion.pick(answers.unit(ASKED.region));
    const model = pickModel.pick(answers.unit(ASKED.model));
    const from = pickFrom.pick(answers.unit(ASKED.from));
    const hardware = (pickHardware[model] as Picker).pick(answers.unit(ASKED.hardware));
    const partial = answers.unit(ASKED.partial) < (partialRate[region * models.length + model] as number);
    into.profile = plan.profileNo(region, model, hardware, from);
    if (partial) {
      const stage = plan.stageNo(region, (pickStage[region] as Picker).pick(answers.unit(ASKED.stage)));
      const error = (pickError[stage] as Picker).pick(answers.unit(ASKED.error));
      into.outcome = plan.outcomeNo(from, stage, error);
    } else into.outcome = SUCCEEDED;
    const eager = answers.unit(ASKED.attempts);
    into.attempts = 1 + ((eager * eager * (partial ? 4 : 2)) | 0);
    const volts = (batteryMean[region] as number) + BATTERY_SPREAD_V * bell(answers, ASKED.battery);
    into.centivolts = (100 * clamp(volts, LEAST_VOLTS, MOST_VOLTS) + 0.5) | 0;
    const percent = (signalMean[region] as number) + SIGNAL_SPREAD_PERCENT * bell(answers, ASKED.signal);
    into.percent = (clamp(percent, 1, MOST_PERCENT) + 0.5) | 0;
    const full = answers.unit(ASKED.storage);
    into.storageMb = ((storageMb[model] as number) * (0.05 + 0.8 * (full * full))) | 0;
    into.seconds = (answers.unit(ASKED.time) * ROLLOUT_SECONDS) | 0;
    return into;
  };
}

/** What the devices of a fleet are, and what can become of their updates: lists by the numbers of {@link Draw}. */
export interface FleetWords {
  /** By {@link Draw.profile}; columns {@link PROFILE_COLUMNS}. */
  readonly profiles: readonly (readonly (string | null)[])[];
  /** By {@link Draw.outcome}; columns {@link OUTCOME_COLUMNS}. */
  readonly outcomes: readonly (readonly (string | null)[])[];
}

/** The words of a fleet, all that can occur: a few hundred. */
export function fleetWords(spec: FleetSpec): FleetWords {
  const { stages, errors } = planOf(spec);
  const versions = spec.firmwareFrom.map(({ value }) => value);
  return {
    profiles: spec.regions.flatMap(({ value: { region } }) =>
      spec.models.flatMap(({ value: { model, hardware } }) =>
        hardware.flatMap(({ value: revision }) =>
          versions.map((version) => [region, model, revision, version, spec.firmwareTo]),
        ),
      ),
    ),
    outcomes: [
      [spec.firmwareTo, "SUCCEEDED", null, "Success", "Success"],
      ...versions.flatMap((version) =>
        stages.flatMap((stage, no) =>
          (errors[no] ?? []).map(({ value }) => [version, stage, value, "Partial", "Partial"]),
        ),
      ),
    ],
  };
}

/** The outcome of a device that succeeded. */
const SUCCEEDED = 0;

/** How profiles and outcomes are numbered: every combination has its place. */
function planOf({ regions, models, firmwareFrom, errors }: FleetSpec) {
  const stages = [...new Set(regions.flatMap(({ value }) => value.stages.map((stage) => stage.value)))];
  const errorsOf = stages.map(
    (stage): readonly Weighted<string | null>[] => errors[stage] ?? [{ value: null, weight: 1 }],
  );
  const hardwareBefore = startsOf(models.map(({ value }) => value.hardware.length));
  const errorsBefore = startsOf(errorsOf.map(({ length }) => length));
  const stageNos = regions.map(({ value }) => value.stages.map((stage) => stages.indexOf(stage.value)));
  const [hardwares, fails, versions] = [hardwareBefore.at(-1) ?? 0, errorsBefore.at(-1) ?? 0, firmwareFrom.length];
  return {
    stages,
    errors: errorsOf,
    stageNo: (region: number, pick: number): number => (stageNos[region] as number[])[pick] as number,
    profileNo: (region: number, model: number, hardware: number, from: number): number =>
      (region * hardwares + (hardwareBefore[model] as number) + hardware) * versions + from,
    outcomeNo: (from: number, stage: number, error: number): number =>
      1 + from * fails + (errorsBefore[stage] as number) + error,
  };
}

/** Where each of neighbouring parts begins, and where the last one ends. */
function startsOf(lengths: readonly number[]): number[] {
  const starts = [0];
  for (const length of lengths) starts.push((starts.at(-1) ?? 0) + length);
  return starts;
}

/** Prepares a fleet. The function that it returns makes the report of the device with an index from 0 to `count` - 1. */
export function fleet(spec: FleetSpec, count: number, seed: number): (index: number) => DeviceReport {
  const key = seed32(seed);
  const draw = drawer(spec, seed);
  const { profiles, outcomes } = fleetWords(spec);
  const drawn = emptyDraw();
  return (index) => {
    draw(index, drawn);
    const [region = null, model = null, hardware = null, firmware_from = null, firmware_to = null] =
      profiles[drawn.profile] ?? [];
    const [firmware_reported = null, last_stage = null, error_code = null, status] = outcomes[drawn.outcome] ?? [];
    // Every column by its name: to spread the words here costs several times what all the rest does.
    return {
      bucket: bucketAt(index, count),
      deviceId: deviceIdAt(index, count, key),
      region,
      model,
      hardware,
      firmware_from,
      firmware_to,
      firmware_reported,
      last_stage,
      error_code,
      attempts: FIELD_TEXTS.attempts(drawn.attempts),
      battery_voltage: FIELD_TEXTS.battery_voltage(drawn.centivolts),
      signal_strength: FIELD_TEXTS.signal_strength(drawn.percent),
      storage_free_mb: FIELD_TEXTS.storage_free_mb(drawn.storageMb),
      reported_at: FIELD_TEXTS.reported_at(drawn.seconds),
      updateStatus: status as ReportedStatus,
    };
  };
}

/** A draw to draw into. */
export function emptyDraw(): Draw {
  return { profile: 0, outcome: 0, attempts: 0, centivolts: 0, percent: 0, storageMb: 0, seconds: 0 };
}

/** What the numbers of a draw are as text. */
export const FIELD_TEXTS = {
  attempts: String,
  battery_voltage: (centivolts: number): string => (centivolts / 100).toFixed(2),
  signal_strength: String,
  storage_free_mb: String,
  /** ISO 8601. */
  reported_at: (seconds: number): string => new Date(ROLLOUT_START_MS + seconds * 1000).toISOString(),
} as const;

/** Where the numbers of a draw end, for who wants to have their texts ready. */
export const MOST = { centivolts: 100 * MOST_VOLTS, seconds: ROLLOUT_SECONDS } as const;

const MOST_PERCENT = 100;

/** Mean 0, standard deviation 1: the sum of four 16-bit numbers, near enough to normal and never beyond 3.5. */
function bell(answers: Answers, question: number): number {
  const a = answers.bits(question);
  const b = answers.bits(question + 1);
  const sum = (a >>> 16) + (a & 0xffff) + (b >>> 16) + (b & 0xffff);
  return (sum / 65_536 - 2) * ROOT_OF_THREE;
}
const ROOT_OF_THREE = Math.sqrt(3);

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

/** Chooses places of a list by weight. */
class Picker {
  readonly #bounds: Float64Array;
  readonly #starts: Uint16Array;
  readonly #last: number;

  constructor(choices: readonly Weighted<unknown>[]) {
    const total = choices.reduce((sum, { weight }) => sum + weight, 0);
    let below = 0;
    this.#bounds = Float64Array.from(choices, ({ weight }) => {
      below += weight / total;
      return below;
    });
    this.#last = choices.length - 1;
    this.#starts = new Uint16Array(CELLS + 1);
    for (let cell = 0; cell <= CELLS; cell++) this.#starts[cell] = this.#from(cell / CELLS, 0);
  }

  /** Takes a number from 0 to 1. Begun at the answer for the cell that it lies in, the search hardly ever takes a step. */
  pick(u: number): number {
    return this.#from(u, this.#starts[(u * CELLS) | 0] as number);
  }

  #from(u: number, start: number): number {
    let at = start;
    while (at < this.#last && !(u < (this.#bounds[at] as number))) at++;
    return at;
  }
}
const CELLS = 1024;

/** Chooses by weight: takes a number from 0 to 1 and returns a value. */
export function picker<T>(choices: readonly Weighted<T>[]): (u: number) => T {
  const places = new Picker(choices);
  return (u) => (choices[places.pick(u)] as Weighted<T>).value;
}
