import { extent } from "../support/extent.ts";

/** How much is generated. */
export const EXTENT = extent({
  sample: { rows: 200, damages: 40, ruleSets: 3 },
  pr: { rows: 600, damages: 120, ruleSets: 10 },
  nightly: { rows: 2000, damages: 300, ruleSets: 100 },
});
export const SEED = Number(process.env.SENTINEL_SEED ?? 42);
