import type { Move } from "sentinel-ota/domain";
import type { CountRow } from "./count-bars.js";
import type { Change } from "./dumbbell.js";
import { percent, points, whole } from "./format.js";
import { labeller } from "./labeller.js";
import { changes, OUTCOME_NAME, OUTCOME_SHORT, outcomeCounts, retriedByRegion } from "./policy-outcome.js";

/** Devices by what is decided, by the campaign's policy and by the what-if. */
export const outcomeChanges = (moves: readonly Move[]): Change[] =>
  outcomeCounts(moves).map(({ outcome, from, to }) => ({
    label: OUTCOME_NAME[outcome],
    from,
    to,
    note: from === to ? whole(to) : `${whole(from)} → ${whole(to)} (${signed(to - from)})`,
    brief: from === to ? whole(to) : `${whole(from)} → ${whole(to)}`,
  }));

/** Share of each region's devices that would be retried. */
export function regionChanges(moves: readonly Move[]): Change[] {
  const rows = retriedByRegion(moves);
  const label = labeller(rows.map(({ region }) => region));
  return rows.map(({ region, devices, from, to }) => ({
    label: label(region),
    from,
    to,
    ...regionNotes(devices, from, to),
  }));
}

function regionNotes(devices: number, from: number, to: number): Pick<Change, "note" | "brief"> {
  const n = `of ${whole(devices)}`;
  if (from === to) return { note: `${percent(to)} ${n}`, brief: `${percent(to)} ${n}` };
  const both = `${percent(from)} → ${percent(to)}`;
  return { note: `${both} (${points(to - from)} points) ${n}`, brief: `${both} ${n}` };
}

/** What would become something else, as rows of a chart. */
export const flowRows = (moves: readonly Move[]): CountRow[] =>
  changes(moves).map(({ from, to, devices }) => ({
    label: `${OUTCOME_SHORT[from]} → ${OUTCOME_SHORT[to]}`,
    count: devices,
  }));

const signed = (n: number): string => (n < 0 ? `−${whole(-n)}` : `+${whole(n)}`);
