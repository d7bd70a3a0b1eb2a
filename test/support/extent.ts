/** How much is tried: a sample with all other tests, and the two extents of `npm run test:faults`, which SENTINEL_FAULTS names. */
const EXTENTS = ["sample", "pr", "nightly"] as const;
type Extent = (typeof EXTENTS)[number];

/** What belongs to the extent that was asked for. */
export function extent<T>(by: Readonly<Record<Extent, T>>): T {
  const asked = EXTENTS.find((name) => name === (process.env.SENTINEL_FAULTS ?? "sample"));
  if (!asked) throw new Error(`SENTINEL_FAULTS is none of ${EXTENTS.join(", ")}`);
  return by[asked];
}

/** What the names of the scenarios that are to be played begin with. */
export const ONLY = process.env.SENTINEL_FAULTS_ONLY ?? "";
