import type { Figure } from "./cards.js";
import { whole } from "./format.js";
import type { TriageStanding } from "./rows.js";

/** How a place of the queue may stand. */
export interface Standing {
  readonly key: "open" | "waiting" | "recovered" | "rejected" | "repaired";
  readonly label: string;
  readonly note: string;
  readonly color: string;
}

/** From what a person must look at to what is done with. */
export const STANDINGS: readonly Standing[] = [
  { key: "open", label: "Open", note: "wait for a person", color: "var(--quarantined)" },
  { key: "waiting", label: "Released", note: "wait for the next recovery", color: "var(--partial)" },
  { key: "recovered", label: "Recovered since", note: "by recovery, once released", color: "var(--recovered)" },
  { key: "rejected", label: "Decided by a person", note: "their telemetry was given up", color: "var(--success)" },
  { key: "repaired", label: "Repaired by a rule", note: "without a person", color: "var(--cell-better)" },
];

/** The queue in five figures. What still needs somebody is marked. */
export const standingFigures = (queue: TriageStanding): Figure[] =>
  STANDINGS.map(({ key, label, note }) => ({
    label,
    value: whole(queue[key]),
    note,
    attention: (key === "open" || key === "waiting") && queue[key] > 0,
  }));
