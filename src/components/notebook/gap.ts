/** How many of how many failed. */
export interface Side {
  readonly devices: number;
  readonly failures: number;
}

/** The rate of one side less that of the other, with its 95 % interval; all from -1 to 1. */
export interface Gap {
  readonly gap: number;
  readonly low: number;
  readonly high: number;
  /** Devices of both sides that are compared. */
  readonly n: number;
}

/** A gap that a mart has with its bounds; none where one side is empty. */
export interface ComparedRow {
  readonly gap: number | null;
  readonly gap_low: number | null;
  readonly gap_high: number | null;
}

/** The gap of a mart's row, whose two sides have `n` devices together. */
export const gapOf = (row: ComparedRow | undefined, n: number): Gap | undefined =>
  row && row.gap !== null && row.gap_low !== null && row.gap_high !== null
    ? { gap: row.gap, low: row.gap_low, high: row.gap_high, n }
    : undefined;

const Z = 1.959963984540054;

/**
 * The gap between devices that are alike: of each stratum by itself, put together with Mantel and Haenszel's weights. The variance is
 * that of Greenland and Robins, Biometrics 41 (1985) 55-68. A stratum that has one side alone compares nothing, and is left out.
 */
export function gapWithin(strata: readonly (readonly [Side, Side])[]): Gap | undefined {
  const both = strata.filter(([a, b]) => a.devices > 0 && b.devices > 0);
  if (both.length === 0) return undefined;
  let [weights, gaps, variance, n] = [0, 0, 0, 0];
  for (const [a, b] of both) {
    const weight = (a.devices * b.devices) / (a.devices + b.devices);
    const [p, q] = [a.failures / a.devices, b.failures / b.devices];
    weights += weight;
    gaps += weight * (p - q);
    variance += weight * weight * ((p * (1 - p)) / a.devices + (q * (1 - q)) / b.devices);
    n += a.devices + b.devices;
  }
  const gap = gaps / weights;
  const half = (Z * Math.sqrt(variance)) / weights;
  return { gap, low: Math.max(-1, gap - half), high: Math.min(1, gap + half), n };
}

/** Whether the interval leaves out that there is none. */
export const isClear = ({ low, high }: Gap): boolean => low > 0 || high < 0;

/** Adds rows up to one side. */
export function sideOf(rows: readonly Side[]): Side {
  return rows.reduce<Side>(
    (sum, row) => ({ devices: sum.devices + row.devices, failures: sum.failures + row.failures }),
    { devices: 0, failures: 0 },
  );
}
