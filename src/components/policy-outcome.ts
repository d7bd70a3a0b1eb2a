import type { Move, Outcome } from "sentinel-ota/domain";
import { sumOf } from "./group.js";
import type { OutcomeCount } from "./outlook-columns.js";

/** What a policy comes to for a device, for people, in the order in which it is shown. */
export const OUTCOME_NAME: Readonly<Record<Outcome, string>> = {
  retry: "Retried at once",
  defer: "Retried later",
  rollback: "Rolled back",
  never: "Rolled back for good",
  hold: "Held for a person",
  settled: "Settled in triage",
};

/** The same where two stand side by side. */
export const OUTCOME_SHORT: Readonly<Record<Outcome, string>> = {
  retry: "Retry",
  defer: "Retry later",
  rollback: "Roll back",
  never: "Roll back for good",
  hold: "Hold",
  settled: "Settled",
};

const OUTCOMES = Object.keys(OUTCOME_NAME) as Outcome[];

/** How many devices two policies say each thing of; what neither says is left out. */
export function outcomeCounts(moves: readonly Move[]): OutcomeCount[] {
  const devices = (key: "from" | "to", outcome: Outcome): number =>
    sumOf(
      moves.filter((move) => move[key] === outcome),
      (move) => move.devices,
    );
  return OUTCOMES.map((outcome) => ({
    outcome,
    from: devices("from", outcome),
    to: devices("to", outcome),
  })).filter(({ from, to }) => from + to > 0);
}

/** Of all regions together, what would become something else; the most devices first. */
export function changes(moves: readonly Move[]): Omit<Move, "region">[] {
  const sums = new Map<string, Omit<Move, "region">>();
  for (const { from, to, devices } of moves) {
    if (from === to) continue;
    const key = `${from} ${to}`;
    sums.set(key, { from, to, devices: (sums.get(key)?.devices ?? 0) + devices });
  }
  return [...sums.values()].sort((a, b) => b.devices - a.devices);
}

/** Of each region, the share of its failed devices that would be retried, now or later, by either policy. */
export interface RegionRetry {
  readonly region: string;
  readonly devices: number;
  readonly from: number;
  readonly to: number;
}

export function retriedByRegion(moves: readonly Move[]): RegionRetry[] {
  const isRetry = (outcome: Outcome): boolean => outcome === "retry" || outcome === "defer";
  return [...new Set(moves.map(({ region }) => region))].sort().map((region) => {
    const own = moves.filter((move) => move.region === region);
    const share = (key: "from" | "to"): number =>
      sumOf(own, (move) => (isRetry(move[key]) ? move.devices : 0)) / sumOf(own, (move) => move.devices);
    return { region, devices: sumOf(own, (move) => move.devices), from: share("from"), to: share("to") };
  });
}
