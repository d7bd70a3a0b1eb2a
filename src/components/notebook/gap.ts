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

const Z = 1.959963984540054;

/** Bounds of the 95 % Wilson score interval for k of n, n > 0. */
export function wilson(k: number, n: number): readonly [low: number, high: number] {
  const middle = k + (Z * Z) / 2;
  const half = Z * Math.sqrt((k * (n - k)) / n + (Z * Z) / 4);
  return [k === 0 ? 0 : (middle - half) / (n + Z * Z), k === n ? 1 : (middle + half) / (n + Z * Z)];
}

/** By Newcombe's method 10, from the two Wilson intervals. Source: Statistics in Medicine 17 (1998) 873-890. */
export function gapBetween(a: Side, b: Side): Gap | undefined {
  if (a.devices === 0 || b.devices === 0) return undefined;
  const [p, q] = [a.failures / a.devices, b.failures / b.devices];
  const [pLow, pHigh] = wilson(a.failures, a.devices);
  const [qLow, qHigh] = wilson(b.failures, b.devices);
  return {
    gap: p - q,
    low: p - q - Math.hypot(p - pLow, qHigh - q),
    high: p - q + Math.hypot(pHigh - p, q - qLow),
    n: a.devices + b.devices,
  };
}

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
