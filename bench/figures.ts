import type { Sample } from "./side.ts";

/** One number that the bench found; a line of `--json`. */
export interface Figure {
  /** What was measured, on which side, with how many devices: `recovery.ours.rate.100000`. */
  readonly name: string;
  /** Median over the runs. */
  readonly value: number;
  readonly unit: string;
  /** What it is held against; null where it stands alone. */
  readonly against: string | null;
  /** The same number of that. */
  readonly limit: number | null;
  /** Value by limit. */
  readonly ratio: number | null;
  /** Least ratio that is good enough; null where none is set. */
  readonly goal: number | null;
  readonly runs: number;
}

/** Samples of every side of one piece of work, with a fleet of one size. */
export interface Results {
  readonly work: "ingest" | "recovery";
  readonly devices: number;
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
}

const GOALS = { ingest: 0.4, recovery: 0.6 } as const;
const AGAINST = {
  ingest: { limit: "server-side COPY of ready files, two sessions" },
  recovery: {
    limit: "bare HOT UPDATE and audit INSERT, two sessions",
    prototype: "one UPDATE a device, autocommit, two workers",
  },
} as const;

/** What is reported of each side beside its rate. A side that has no such number is left out. */
const DETAILS: readonly { name: string; unit: string; of: (samples: readonly Sample[]) => number | undefined }[] = [
  { name: "rate", unit: "devices/s", of: rate },
  { name: "batch_p50", unit: "ms", of: (samples) => quantile(batchTimes(samples), 0.5) },
  { name: "batch_p99", unit: "ms", of: (samples) => quantile(batchTimes(samples), 0.99) },
  { name: "wal", unit: "bytes/device", of: (samples) => median(samples.map((one) => one.walBytes / one.devices)) },
  { name: "node_cpu", unit: "s", of: (samples) => median(samples.map((one) => one.cpuSeconds)) },
  { name: "node_rss", unit: "MB", of: (samples) => Math.max(...samples.map((one) => one.rssBytes)) / 1e6 },
  { name: "hot_updates", unit: "share", of: (samples) => median(samples.flatMap(({ hot }) => hot ?? [])) },
];

export function figuresOf(results: Results): Figure[] {
  return [...rates(results), ...details(results)];
}

function rates({ work, devices, samples }: Results): Figure[] {
  const mine = samples.get("ours") ?? [];
  const value = rate(mine);
  return Object.entries(AGAINST[work]).map(([side, how]) => {
    const theirs = samples.get(side) ?? [];
    const limit = rate(theirs);
    const sampled = theirs.some((one, at) => one.devices < (mine[at]?.devices ?? 0));
    return {
      name: `${work}.${side === "limit" ? "ours" : `ours_to_${side}`}.ratio.${devices}`,
      value,
      unit: "devices/s",
      against: sampled ? `${how}, extrapolated from ${theirs[0]?.devices} of them` : how,
      limit,
      ratio: value / limit,
      goal: side === "limit" ? GOALS[work] : null,
      runs: mine.length,
    };
  });
}

function details({ work, devices, samples }: Results): Figure[] {
  const alone = { against: null, limit: null, ratio: null, goal: null };
  return [...samples].flatMap(([side, list]) =>
    DETAILS.flatMap(({ name, unit, of }): Figure[] => {
      const value = of(list);
      const full = `${work}.${side}.${name}.${devices}`;
      return value === undefined ? [] : [{ name: full, value, unit, ...alone, runs: list.length }];
    }),
  );
}

/** Devices a second of a side: the median of its runs. */
function rate(samples: readonly Sample[]): number {
  return median(samples.map(({ devices, seconds }) => devices / seconds)) ?? Number.NaN;
}

function batchTimes(samples: readonly Sample[]): number[] {
  return samples.flatMap(({ batchMs }) => batchMs ?? []);
}

export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

/** The smallest value that this share of them does not exceed. */
export function quantile(values: readonly number[], share: number): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)];
}
