/** How much is generated, as in the matrix of faults: `SENTINEL_FAULTS` is sample (with all other tests), pr or nightly. */
const EXTENTS = {
  sample: { rows: 200, damages: 40 },
  pr: { rows: 600, damages: 120 },
  nightly: { rows: 2000, damages: 300 },
} as const;

const asked = process.env.SENTINEL_FAULTS ?? "sample";
if (!Object.hasOwn(EXTENTS, asked)) throw new Error(`SENTINEL_FAULTS is none of ${Object.keys(EXTENTS).join(", ")}`);
export const EXTENT = EXTENTS[asked as keyof typeof EXTENTS];
export const SEED = Number(process.env.SENTINEL_SEED ?? 42);
