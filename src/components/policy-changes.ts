import type { Move } from "sentinel-ota/domain";
import type { CountRow } from "./count-bars.js";
import type { Change } from "./dumbbell.js";
import { percent, points, whole } from "./format.js";
import { labeller } from "./labeller.js";
import { changes, OUTCOME_NAME, outcomeCounts, retriedByRegion } from "./policy-outcome.js";

/** Devices by what is decided, by the campaign's policy and by the what-if. */
export const outcomeChanges = (moves: readonly Move[]): Change[] =>
  outcomeCounts(moves).map(({ outcome, from, to }) => ({
    label: OUTCOME_NAME[outcome],
    from,
    to,
    note: from === to ? whole(to) : `${whole(from)} → ${whole(to)} (${signed(to - from)})`,
  }));

/** Share of each region's devices that would be retried. */
export function regionChanges(moves: readonly Move[]): Change[] {
  const rows = retriedByRegion(moves);
  const label = labeller(rows.map(({ region }) => region));
  return rows.map(({ region, devices, from, to }) => ({
    label: label(region),
    from,
    to,
    note:
      from === to
        ? `${percent(to)} of ${whole(devices)}`
        : `${percent(from)} → ${percent(to)} (${points(to - from)} points) of ${whole(devices)}`,
  }));
}

/** What would become something else, as rows of a chart. */
export const flowRows = (moves: readonly Move[]): CountRow[] =>
  changes(moves).map(({ from, to, devices }) => ({
    label: `${OUTCOME_NAME[from]} → ${OUTCOME_NAME[to]}`,
    count: devices,
  }));

const signed = (n: number): string => (n < 0 ? `−${whole(-n)}` : `+${whole(n)}`);
