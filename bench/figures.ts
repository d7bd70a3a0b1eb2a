import { FIRST } from "./measure.ts";
import type { Sample } from "./side.ts";
import type { Budget, Comparison, Work } from "./work.ts";

/** One number that the bench found; a line of `--json`. */
export interface Figure {
  /** What was measured, on which side, with how many devices: `recovery.ours.rate.100000`. */
  readonly name: string;
  /** Median over the runs; null where this machine can't tell. */
  readonly value: number | null;
  /** What ends in `/s` is the better the more it is, the rest the less it is. */
  readonly unit: string;
  /** What it is held against; null where it stands alone. */
  readonly against: string | null;
  /** The same number of that. */
  readonly limit: number | null;
  /** How good the value is against the limit, above 1 is better: value by limit of what ends in `/s`, limit by value of the rest. */
  readonly ratio: number | null;
  /** Least ratio that is good enough; null where none is set. */
  readonly goal: number | null;
  readonly runs: number;
}

/** Samples of every side of one piece of work, with a fleet of one size. */
export interface Results {
  readonly work: Work;
  readonly devices: number;
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
}

const ALONE = { against: null, limit: null, ratio: null, goal: null } as const;

export function figuresOf(results: Results): Figure[] {
  const { work } = results;
  return [
    ...work.comparisons.map((comparison) => compared(results, comparison)),
    ...(work.budgets ?? []).map((budget) => budgeted(results, budget)),
    ...[...results.samples].flatMap(([side, samples]) => details(results, side, samples)),
  ];
}

function compared({ work, devices, samples }: Results, { name, side, limits, goal }: Comparison): Figure {
  const mine = samples.get(side) ?? [];
  const value = rate(mine);
  const theirs = Object.keys(limits).map((limit) => ({ limit, list: samples.get(limit) ?? [] }));
  const hardest = theirs.toSorted((a, b) => rate(b.list) - rate(a.list))[0] ?? { limit: "", list: [] };
  const limit = rate(hardest.list);
  const how = limits[hardest.limit] ?? "";
  const sampled = hardest.list.some((one, at) => one.devices < (mine[at]?.devices ?? 0) / 2);
  return {
    name: `${work.name}.${name}.ratio.${devices}`,
    value,
    unit: work.unit,
    against: sampled ? `${how}, extrapolated from ${hardest.list[0]?.devices} of them` : how,
    limit,
    ratio: value / limit,
    goal: goal ?? null,
    runs: mine.length,
  };
}

function budgeted({ work, devices, samples }: Results, { name, side, unit, what, of, most }: Budget): Figure {
  const mine = samples.get(side) ?? [];
  const figure = { name: `${work.name}.${side}.${name}.${devices}`, unit, runs: mine.length };
  return withinBudget(figure, median(mine.map(of)) ?? null, most(devices), what);
}

/** A figure that is good enough where it stays within a limit. */
export function withinBudget(
  figure: Pick<Figure, "name" | "unit" | "runs">,
  value: number | null,
  limit: number | undefined,
  what: string,
): Figure {
  if (limit === undefined || value === null) return { ...figure, value, ...ALONE };
  return { ...figure, value, against: what, limit, ratio: limit / value, goal: 1 };
}

interface Detail {
  readonly name: string;
  readonly unit: string;
  /** Undefined: left out. */
  readonly value: number | null | undefined;
}

/** What is reported of each side beside what it is held against; of the first round, only the rate. */
function details({ work, devices }: Results, side: string, list: readonly Sample[]): Figure[] {
  const rated = { name: "rate", unit: work.unit, value: rate(list) };
  const all = side.endsWith(FIRST) ? [rated] : [rated, ...costs(list, devices), ...parts(list), ...facts(list)];
  return all.flatMap(({ name, unit, value }) =>
    value === undefined
      ? []
      : [{ name: `${work.name}.${side}.${name}.${devices}`, value, unit, ...ALONE, runs: list.length }],
  );
}

function costs(list: readonly Sample[], devices: number): Detail[] {
  const batches = list.flatMap(({ batchMs }) => batchMs ?? []);
  const server = list.flatMap(({ serverCpuSeconds }) => serverCpuSeconds ?? []);
  return [
    { name: "batch_p50", unit: "ms", value: quantile(batches, 0.5) },
    { name: "batch_p99", unit: "ms", value: quantile(batches, 0.99) },
    { name: "wal", unit: "bytes/device", value: median(list.map((one) => one.walBytes / one.devices)) },
    {
      name: "disk",
      unit: "bytes/device",
      value: median(list.flatMap(({ diskBytes }) => (diskBytes === undefined ? [] : diskBytes / devices))),
    },
    { name: "node_cpu", unit: "s", value: median(list.map((one) => one.cpuSeconds)) },
    { name: "server_cpu", unit: "s", value: median(server) ?? null },
    { name: "node_rss", unit: "MB", value: Math.max(...list.map((one) => one.rssBytes)) / 1e6 },
  ];
}

function parts(list: readonly Sample[]): Detail[] {
  return namesIn(list.map(({ phases }) => phases)).map((name) => ({
    name,
    unit: "s",
    value: median(list.flatMap(({ phases }) => phases[name] ?? [])),
  }));
}

function facts(list: readonly Sample[]): Detail[] {
  return namesIn(list.map((one) => one.facts ?? {})).map((name) => {
    const found = list.flatMap((one) => one.facts?.[name] ?? []);
    return { name, unit: found[0]?.unit ?? "", value: median(found.map(({ value }) => value)) };
  });
}

function namesIn(records: readonly object[]): string[] {
  return [...new Set(records.flatMap((record) => Object.keys(record)))];
}

/** What a side does in a second: the median of its runs. */
function rate(samples: readonly Sample[]): number {
  return median(samples.map(({ devices, seconds }) => devices / seconds)) ?? Number.NaN;
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
