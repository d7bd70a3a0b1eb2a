import * as Plot from "@observablehq/plot";
import { type ChartSize, draw, longest, NARROW } from "./chart.js";
import { percent, whole } from "./format.js";
import { groupBy, sumOf } from "./group.js";
import { labeller } from "./labeller.js";
import { ACTION_COLOR, ON_COLOR } from "./palette.js";
import type { RecoveryAction } from "./rows.js";
import { sideLabels } from "./side-labels.js";

export const ACTION_NAME: Readonly<Record<string, string>> = {
  RETRY_UPDATE: "Retry the update",
  FORCE_ROLLBACK: "Roll back",
  MANUAL_TRIAGE: "Hand to a person",
};

/** Segments narrower than this share have no room for their label. */
const LABEL_SHARE = 0.12;

/** What was decided for the devices of each region that had failed, as shares of them. */
export function actionBars(rows: readonly RecoveryAction[], { width }: ChartSize): SVGElement | HTMLElement {
  const narrow = width < NARROW;
  const label = labeller(rows.map((row) => row.region));
  const y = (row: { region: string | null }): string => label(row.region);
  const stacked = stack(rows);
  const totals = [...groupBy(stacked, y)].map(([region, parts]) => ({
    region,
    n: sumOf(parts, (part) => part.devices),
  }));
  const total = (row: { n: number }): string => `n ${whole(row.n)}`;
  const regions = totals.map((row) => row.region);
  return draw("Actions decided in each region", {
    width,
    height: regions.length * (narrow ? 52 : 38) + 8,
    marginLeft: narrow ? 0 : longest(regions, 13) + 14,
    marginRight: narrow ? 0 : longest(totals.map(total)) + 10,
    marginTop: narrow ? 8 : 4,
    marginBottom: 4,
    x: { axis: null, domain: [0, 1] },
    y: { domain: regions, axis: null, padding: narrow ? 0.44 : 0.24 },
    marks: [
      ...segmentMarks(stacked, y),
      ...sideLabels(totals, { y: (row) => row.region, note: total, above: narrow ? 22 : undefined }),
    ],
  });
}

function segmentMarks(stacked: readonly Segment[], y: (row: Segment) => string): Plot.Markish[] {
  return [
    Plot.barX(stacked, {
      y,
      x1: "from",
      x2: "to",
      fill: (row) => ACTION_COLOR[row.action] ?? "var(--neutral)",
      insetRight: 1,
      rx: 1,
    }),
    Plot.text(
      stacked.filter((row) => row.to - row.from > LABEL_SHARE),
      {
        y,
        x: (row) => (row.from + row.to) / 2,
        text: (row) => percent(row.to - row.from),
        fill: (row) => ON_COLOR[row.action] ?? "var(--ink)",
        fontWeight: 600,
      },
    ),
  ];
}

interface Segment {
  readonly region: string | null;
  readonly action: string;
  readonly devices: number;
  readonly from: number;
  readonly to: number;
}

function stack(rows: readonly RecoveryAction[]): Segment[] {
  return [...groupBy(rows, (row) => row.region).values()].flatMap((parts) => {
    const total = sumOf(parts, (part) => part.devices);
    let from = 0;
    return Object.keys(ACTION_NAME).flatMap((action) => {
      const devices = sumOf(
        parts.filter((part) => part.action === action),
        (part) => part.devices,
      );
      if (devices === 0) return [];
      const segment = { region: parts[0]?.region ?? null, action, devices, from, to: from + devices / total };
      from = segment.to;
      return [segment];
    });
  });
}
