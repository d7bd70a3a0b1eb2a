import { readNumber } from "./predicate.ts";
import type { Severity } from "./rules.ts";
import {
  type FaultKind,
  type ReportColumn,
  type ReportedStatus,
  TELEMETRY_FIELDS,
  type UpdateStage,
} from "./vocabulary.ts";

/** A report as chaos finds it. */
export type SoundReport = { readonly [column in ReportColumn]: string | null } & {
  readonly update_status: ReportedStatus;
};

/** What a field says after a fault. */
export interface Change {
  readonly field: ReportColumn;
  readonly after: string | null;
}

/** One kind of corruption: a closed set, each with its own injector. */
export interface FaultKindSpec {
  /** Whether the value alone gives it away, or only the rest of the report and what is usual for such a device. */
  readonly layer: "syntactic" | "contextual";
  /** How bad it is to take such a value for true. */
  readonly severity: Severity;
  /** In half a sentence, for people. */
  readonly what: string;
  /** The fields that it can strike. */
  readonly fields: readonly ReportColumn[];
  /** Those that it strikes where a profile does not say; all, where there are no others. */
  readonly usual?: readonly ReportColumn[];
  /** Whether it looks at the report that it corrupts. */
  readonly reads: boolean;
  /**
   * @param field one of the fields.
   * @param u from 0 to 1: chooses among what it can do. To a word it can do at most {@link WORD_VARIANTS} things.
   * @param report at hand where the kind reads.
   * @returns what the report says then; nothing where the kind has no place in this report.
   */
  strike(field: ReportColumn, u: number, report: SoundReport): readonly Change[];
}

/** In how many ways a kind can corrupt one word. Words are numbered, so that a fault on one needs a number for each. */
export const WORD_VARIANTS = 4;

const NUMBERS = [...TELEMETRY_FIELDS, "attempts"] as const satisfies ReportColumn[];
const OWN = [...NUMBERS, "reported_at"] as const satisfies ReportColumn[];
const NAMES = ["region", "model"] as const satisfies ReportColumn[];

const pick = <T>(list: readonly T[], u: number): T => list[Math.floor(u * list.length)] as T;

/** A kind that has a list of values for each field. */
function listed(lists: Partial<Record<ReportColumn, readonly string[]>>, usual?: readonly ReportColumn[]) {
  return {
    fields: Object.keys(lists) as ReportColumn[],
    ...(usual ? { usual } : {}),
    reads: false,
    strike: (field: ReportColumn, u: number) => [{ field, after: pick(lists[field] ?? [], u) }],
  };
}

/** A kind that makes another value of the one that is there. */
function derived(fields: readonly ReportColumn[], derive: (value: string, u: number, field: ReportColumn) => string) {
  return {
    fields,
    reads: true,
    strike(field: ReportColumn, u: number, report: SoundReport): Change[] {
      const value = report[field];
      const after = value ? derive(value, u, field) : "";
      return after === "" || after === value ? [] : [{ field, after }];
    },
  };
}

/** A text in two, without parting what makes one character. */
function cut(text: string, at: number): [string, string] {
  const characters = [...text];
  return [characters.slice(0, at).join(""), characters.slice(at).join("")];
}

const DAY_MS = 86_400_000;
const BEGUN: readonly UpdateStage[] = ["DOWNLOADED", "VERIFIED", "INSTALLING", "REBOOTING", "CONFIRMING", "SUCCEEDED"];
const OVERSIZE = 2_000;

export const FAULT_KIND_SPECS: Readonly<Record<FaultKind, FaultKindSpec>> = {
  null: {
    ...{ layer: "syntactic", severity: "critical", what: "the value is null" },
    ...{ fields: [...OWN, ...NAMES, "hardware", "firmware_reported", "last_stage"], usual: TELEMETRY_FIELDS },
    reads: false,
    strike: (field) => [{ field, after: null }],
  },
  type_mismatch: {
    ...{ layer: "syntactic", severity: "critical", what: "a word stands where a number should" },
    ...{ fields: OWN, usual: TELEMETRY_FIELDS, reads: false },
    strike: (field) => [{ field, after: "UNKNOWN" }],
  },
  signal_drop: {
    ...{ layer: "syntactic", severity: "warning", what: "the modem lost its signal and says -999" },
    ...listed({ signal_strength: ["-999"] }),
  },
  out_of_range: {
    ...{ layer: "syntactic", severity: "critical", what: "a number that cannot be" },
    ...listed(
      {
        battery_voltage: ["99.90", "-3.20", "0.00", "48.00"],
        signal_strength: ["250", "-1", "101", "1000"],
        storage_free_mb: ["-1", "99999999", "-512", "2097152"],
        attempts: ["-3", "65535", "100000"],
      },
      TELEMETRY_FIELDS,
    ),
  },
  missing_field: {
    ...{ layer: "syntactic", severity: "critical", what: "the field is there and empty" },
    ...{ fields: [...OWN, ...NAMES, "hardware", "firmware_reported", "last_stage"], reads: false },
    strike: (field) => [{ field, after: "" }],
  },
  unknown_enum: {
    ...{ layer: "syntactic", severity: "critical", what: "a word that is none of the known ones" },
    ...listed({
      region: ["Atlantis", "REGION_9", "eu-zz-1"],
      model: ["XX-00", "SG-11O", "prototype"],
      last_stage: ["STAGE_17", "DONE", "installing"],
      error_code: ["E_9999", "err", "-1"],
    }),
  },
  sentinel: {
    ...{ layer: "syntactic", severity: "critical", what: "a number that firmware says for “I don't know”" },
    ...listed({
      battery_voltage: ["-999", "9999", "0"],
      signal_strength: ["9999", "-9999"],
      storage_free_mb: ["-999", "-9999"],
      attempts: ["-999", "9999"],
    }),
  },
  not_finite: {
    ...{ layer: "syntactic", severity: "critical", what: "not a number, or infinity, as floating point prints them" },
    ...listed(Object.fromEntries(NUMBERS.map((field) => [field, ["NaN", "Infinity", "-Infinity", "1e999"]]))),
  },
  truncated: {
    ...{ layer: "syntactic", severity: "critical", what: "the payload ends in the middle of the value" },
    ...derived(["battery_voltage", "reported_at", ...NAMES, "last_stage"], (value, u, field) => {
      if (field === "battery_voltage") return value.slice(0, value.indexOf(".") + 1);
      const most = [...value].length - 1;
      return cut(value, field === "reported_at" ? 3 + Math.floor(u * (most - 3)) : pick([3, most], u))[0];
    }),
  },
  mojibake: {
    ...{ layer: "syntactic", severity: "warning", what: "UTF-8 that was read as one byte a character" },
    ...derived([...NAMES, "last_stage"], (value, u) => cut(value, 1).join(pick(["Ã©", "â€™"], u))),
  },
  bad_encoding: {
    ...{ layer: "syntactic", severity: "critical", what: "bytes that are no character, or control characters" },
    ...derived([...OWN, ...NAMES, "firmware_reported"], (value, u) =>
      pick([cut(value, 1).join("\ufffd"), `${value}\u0001`], u),
    ),
  },
  oversize: {
    ...{ layer: "syntactic", severity: "critical", what: `a value of ${OVERSIZE} characters` },
    ...listed(Object.fromEntries(OWN.map((field) => [field, ["9".repeat(OVERSIZE), "x".repeat(OVERSIZE)]]))),
  },
  future_timestamp: {
    ...{ layer: "syntactic", severity: "warning", what: "a clock at the end of its range" },
    ...listed({
      reported_at: ["2038-01-19T03:14:07.000Z", "2106-02-07T06:28:15.000Z", "9999-12-31T23:59:59.999Z"],
    }),
  },
  spike: {
    ...{ layer: "contextual", severity: "warning", what: "a number that can be, and that no such device reports" },
    ...derived(["battery_voltage", "storage_free_mb"], (value, u, field) => {
      const number = readNumber(value);
      if (Number.isNaN(number)) return "";
      if (field === "storage_free_mb") return String(Math.round(number * (20 + 4 * u)));
      return (u < 0.5 ? 6.1 + u * 4.4 : 15.2 + (u - 0.5) * 1.5).toFixed(2);
    }),
  },
  unit_mixup: {
    ...{
      layer: "contextual",
      severity: "critical",
      what: "millivolts for volts, dBm for percent, kilobytes for megabytes",
    },
    ...derived(TELEMETRY_FIELDS, (value, _, field) => {
      const number = readNumber(value);
      if (Number.isNaN(number)) return "";
      if (field === "battery_voltage") return String(Math.round(number * 1_000));
      // Of -100 dBm nothing is left, at -50 dBm all.
      return field === "signal_strength" ? String(Math.round(number / 2 - 100)) : String(Math.round(number * 1_024));
    }),
  },
  swapped_columns: {
    ...{ layer: "contextual", severity: "critical", what: "voltage and signal in each other's place" },
    ...{ fields: ["battery_voltage"], reads: true },
    strike: (_, __, { battery_voltage: volts, signal_strength: percent }) =>
      volts === null || percent === null || volts === percent
        ? []
        : [
            { field: "battery_voltage", after: percent },
            { field: "signal_strength", after: volts },
          ],
  },
  out_of_order: {
    ...{
      layer: "contextual",
      severity: "warning",
      what: "an older report overtook: no attempt yet, and far on its way",
    },
    ...{ fields: ["attempts"], reads: true },
    strike: (field, _, { last_stage: stage }) =>
      (BEGUN as readonly (string | null)[]).includes(stage) ? [{ field, after: "0" }] : [],
  },
  clock_skew: {
    ...{ layer: "contextual", severity: "warning", what: "a clock that is wrong by days, 10 to 400" },
    ...derived(["reported_at"], (value, u) => {
      const time = Date.parse(value);
      if (Number.isNaN(time)) return "";
      const days = Math.floor(10 + Math.abs(2 * u - 1) * 390);
      return new Date(time + (u < 0.5 ? -1 : 1) * days * DAY_MS).toISOString();
    }),
  },
  false_success: {
    ...{ layer: "contextual", severity: "critical", what: "success is reported, and the version from before with it" },
    ...{ fields: ["firmware_reported"], reads: true },
    strike: (field, _, { update_status: status, firmware_from: from, firmware_to: to }) =>
      status === "Success" && from && to && from !== to ? [{ field, after: from }] : [],
  },
};
