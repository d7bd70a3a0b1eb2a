import type { Answer } from "../answer.js";
import { count, percent, whole } from "../format.js";
import { groupBy, sumOf } from "../group.js";
import type { GapRow } from "./columns.js";
import { type Gap, gapOf, gapWithin, isClear, sideOf } from "./gap.js";
import { gapText } from "./gap-chart.js";
import type { BatteryLine, BatteryStep } from "./rows.js";

/** A line that the policy could have drawn, and what would have been rolled back at or below it. */
export interface Line {
  /** Volts: above it a retry. */
  readonly line: number;
  readonly rollbacks: number;
}

export interface BatteryCase {
  /** The line that the campaign's policy drew, volts. */
  readonly line: number;
  readonly rolled: number;
  readonly decided: number;
  readonly lines: readonly Line[];
  /** Failure rate at or below the line less that above it: of all devices, and between devices of one region. */
  readonly plain: Gap;
  readonly alike: Gap;
}

/** Undefined where nothing was decided, or where what was decided does not follow one line of the battery. */
export function batteryCase(steps: readonly BatteryStep[], lines: readonly BatteryLine[]): BatteryCase | undefined {
  const decided = steps.filter((row) => row.retried + row.rolled > 0);
  const line = Math.max(...decided.filter((row) => row.rolled > 0).map((row) => row.battery_to));
  const retried = decided.filter((row) => row.retried > 0);
  if (!Number.isFinite(line) || retried.length === 0 || retried.some((row) => row.battery_to <= line)) return undefined;
  const split = (rows: readonly BatteryStep[]) =>
    [
      sideOf(rows.filter((row) => row.battery_to <= line)),
      sideOf(rows.filter((row) => row.battery_to > line)),
    ] as const;
  const drawn = lines.find((row) => row.battery_to === line);
  const plain = gapOf(drawn, (drawn?.devices ?? 0) + (drawn?.above_devices ?? 0));
  const alike = gapWithin([...groupBy(steps, (row) => row.region).values()].map(split));
  if (!plain || !alike) return undefined;
  const ends = [...new Set(decided.map((row) => row.battery_to))].sort((a, b) => a - b);
  const all = (rows: readonly BatteryStep[]): number => sumOf(rows, (row) => row.rolled + row.retried);
  return {
    line,
    rolled: sumOf(decided, (row) => row.rolled),
    decided: all(decided),
    lines: ends.map((end) => ({ line: end, rollbacks: all(decided.filter((row) => row.battery_to <= end)) })),
    plain,
    alike,
  };
}

/** Rollbacks with the line so many volts lower, of those that the campaign's own line had. */
export function savedAt({ line, rolled, lines }: BatteryCase, lower: number): { at: number; saved: number } {
  const at = Math.round((line - lower) * 10) / 10;
  return { at, saved: rolled - (lines.filter((one) => one.line <= at).at(-1)?.rollbacks ?? 0) };
}

export const batteryRows = ({ plain, alike }: BatteryCase): GapRow[] => [
  { label: "All devices", ...plain },
  { label: "Same region", ...alike },
];

export function batteryAnswer(found: BatteryCase | undefined, steps: readonly BatteryStep[]): Answer {
  if (steps.length === 0)
    return {
      headline: "There is no battery voltage that can be trusted, so no line to move.",
      detail: "npm run pipeline makes a fleet that reports one.",
    };
  if (!found)
    return {
      headline: "It cannot be said: what was decided does not follow one line of the battery.",
      detail: `Either recovery has not decided yet (npm run recover), or its policy looks at more than the battery. ${count(sideOf(steps).devices, "device")} report a voltage that can be trusted.`,
    };
  const { at, saved } = savedAt(found, HALF_A_VOLT);
  return {
    headline: `A line at ${at.toFixed(1)} V instead of ${found.line.toFixed(1)} V would have made ${whole(saved)} of ${whole(found.rolled)} rollbacks a retry. Whether those had worked, nobody knows.`,
    detail: `${percent(found.decided === 0 ? null : found.rolled / found.decided)} of ${whole(found.decided)} decided devices were rolled back. ${matters(found)}`,
  };
}

export const HALF_A_VOLT = 0.5;

/** Whether the battery has to do with failing at all, beyond where the devices are. */
function matters({ plain, alike }: BatteryCase): string {
  const often = (gap: Gap): string => `${gap.gap > 0 ? "more" : "less"} often`;
  const within = `between devices of one region ${gapText(alike)} points`;
  if (isClear(alike)) return `Devices at or below the line fail ${often(alike)}: ${within}, which is beyond noise.`;
  return isClear(plain)
    ? `Devices at or below the line fail ${often(plain)}, by ${gapText(plain)} points, but nothing is left of it where they are compared with their neighbours: ${within}, no detectable difference.`
    : `No detectable difference between devices below and above the line: ${gapText(plain)} points in all, ${within}.`;
}
