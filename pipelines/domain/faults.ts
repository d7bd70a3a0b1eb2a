import { Misfit } from "./condition.ts";
import { picker, type Weighted } from "./fleet.ts";
import { hashText, hexHasher, seed32, sourceOf, unitOf } from "./random.ts";
import { FAULT_KINDS, type FaultKind, type ReportColumn, TELEMETRY_FIELDS, type TelemetryField } from "./vocabulary.ts";

/** How much chaos, and of what kind: one file of `data/chaos/`. */
export interface FaultProfile {
  readonly name: string;
  /** Share of devices, 0 to 1. */
  readonly rate: number;
  readonly weights: Readonly<Record<FaultKind, number>>;
}

/** A corruption of one field of one device; with what it replaces it is the ground truth that detection is scored against. */
export interface Fault {
  readonly field: TelemetryField;
  readonly kind: FaultKind;
  readonly after: string | null;
}

const STREAM = { chosen: 0, kind: 1, field: 2, value: 3 } as const;

/** Where each kind strikes: a signal drop is a matter of the signal alone. */
const FIELDS: Readonly<Record<FaultKind, readonly TelemetryField[]>> = {
  null: TELEMETRY_FIELDS,
  type_mismatch: TELEMETRY_FIELDS,
  signal_drop: ["signal_strength"],
  out_of_range: TELEMETRY_FIELDS,
};

const IMPOSSIBLE: Readonly<Record<TelemetryField, readonly string[]>> = {
  battery_voltage: ["99.90", "-3.20", "0.00", "48.00"],
  signal_strength: ["250", "-1", "101", "1000"],
  storage_free_mb: ["-1", "99999999", "-512", "2097152"],
};

/**
 * Prepares chaos. The function that it returns says what befalls a device, if anything: by the seed and the device's id alone, so that
 * neither order nor workers matter. Where that is what the device reports already, nothing happens.
 * @param reported the columns that the source has; no other can be corrupted.
 */
export function injector(
  profile: FaultProfile,
  rate: number,
  seed: number,
  reported: readonly ReportColumn[],
): (idHash: number) => Fault | undefined {
  const key = seed32(seed);
  const pickKind = picker(
    FAULT_KINDS.map((kind): Weighted<FaultKind> => ({ value: kind, weight: profile.weights[kind] })),
  );
  const fieldsOf = Object.fromEntries(
    FAULT_KINDS.map((kind) => [kind, FIELDS[kind].filter((field) => reported.includes(field))]),
  ) as Record<FaultKind, TelemetryField[]>;
  return (idHash) => {
    const source = sourceOf(key, idHash);
    if (unitOf(source, STREAM.chosen) >= rate) return undefined;
    const kind = pickKind(unitOf(source, STREAM.kind));
    const fields = fieldsOf[kind];
    const field = fields[Math.floor(unitOf(source, STREAM.field) * fields.length)];
    if (field === undefined) return undefined;
    return { field, kind, after: corrupted(kind, field, unitOf(source, STREAM.value)) };
  };
}

/** What {@link injector} knows a device by; prepared, since ids are many and their beginning is the same. */
export function idHasher(seed: number): { ofText: (id: string) => number; ofNumber: (number: number) => number } {
  const key = seed32(seed);
  return { ofText: (id) => hashText(id, key), ofNumber: hexHasher("DEV-", key) };
}

function corrupted(kind: FaultKind, field: TelemetryField, u: number): string | null {
  switch (kind) {
    case "null":
      return null;
    case "type_mismatch":
      return "UNKNOWN";
    case "signal_drop":
      return "-999";
    case "out_of_range": {
      const values = IMPOSSIBLE[field];
      return values[Math.floor(u * values.length)] ?? null;
    }
  }
}

/** Checks a profile that came from a file. @throws Misfit where and how it is wrong. */
export function parseFaultProfile(value: unknown): FaultProfile {
  const profile = (value ?? {}) as Partial<FaultProfile>;
  if (typeof profile.name !== "string") throw new Misfit([], 'a profile needs a "name"');
  const { rate, weights } = profile;
  if (typeof rate !== "number" || !(rate >= 0 && rate <= 1))
    throw new Misfit(["rate"], '"rate" must be a number from 0 to 1');
  for (const kind of FAULT_KINDS) {
    const weight = weights?.[kind];
    if (typeof weight !== "number" || !(weight >= 0))
      throw new Misfit(["weights", kind], `"weights" needs a number of at least 0 for "${kind}"`);
  }
  if (!FAULT_KINDS.some((kind) => weights?.[kind])) throw new Misfit(["weights"], '"weights" are all 0');
  return profile as FaultProfile;
}
