import * as Plot from "@observablehq/plot";
import { type ChartSize, draw, longest, NARROW } from "./chart.js";
import { percent, stageName, whole } from "./format.js";
import type { RegionStageFailure } from "./rows.js";
import { sideLabels } from "./side-labels.js";

/** How many devices came to a stage, and how many got no further. */
export interface FunnelStep {
  readonly stage: string;
  readonly reached: number;
  readonly lost: number;
  /** Devices of the fleet, the one denominator. */
  readonly devices: number;
}

/** Adds the regions up, and ends with what came through. */
export function funnelSteps(rows: readonly RegionStageFailure[], devices: number, succeeded: number): FunnelStep[] {
  const steps = new Map<string, { ordinal: number; reached: number; lost: number }>();
  for (const row of rows) {
    const step = steps.get(row.stage) ?? { ordinal: row.stage_ordinal, reached: 0, lost: 0 };
    step.reached += row.at_risk;
    step.lost += row.failures;
    steps.set(row.stage, step);
  }
  const ordered = [...steps].sort(([, a], [, b]) => a.ordinal - b.ordinal).filter(([, step]) => step.reached > 0);
  const before = ordered.map(([stage, { reached, lost }]) => ({ stage: stageName(stage), reached, lost, devices }));
  return before.length === 0 ? [] : [...before, { stage: "Succeeded", reached: succeeded, lost: 0, devices }];
}

/** Every stage as a share of the whole fleet; the orange end of a bar stopped there. */
export function stageFunnel(steps: readonly FunnelStep[], { width }: ChartSize): SVGElement | HTMLElement {
  const narrow = width < NARROW;
  const devices = steps[0]?.devices ?? 1;
  const went = ({ reached, lost }: FunnelStep): string =>
    `${whole(reached)} · ${percent(reached / devices)}${lost > 0 ? ` · ${whole(lost)} stopped here` : ""}`;
  return draw("Devices that reached each stage of the update", {
    width,
    height: steps.length * (narrow ? 44 : 30) + 6,
    marginLeft: narrow
      ? 0
      : longest(
          steps.map((step) => step.stage),
          13,
        ) + 14,
    marginRight: narrow ? 0 : longest(steps.map(went)) + 8,
    marginTop: 4,
    marginBottom: 2,
    x: { axis: null, domain: [0, devices] },
    y: { axis: null, domain: steps.map((step) => step.stage), padding: narrow ? 0.6 : 0.28 },
    marks: [
      Plot.barX(steps, { y: "stage", x1: 0, x2: (step) => step.reached - step.lost, fill: "var(--success)", rx: 2 }),
      Plot.barX(steps, {
        y: "stage",
        x1: (step) => step.reached - step.lost,
        x2: "reached",
        fill: "var(--quarantined)",
        rx: 1,
      }),
      ...sideLabels(steps, { y: (step) => step.stage, note: went, above: narrow ? 16 : undefined }),
    ],
  });
}
