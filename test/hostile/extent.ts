import { extent } from "../support/extent.ts";

/** How much is generated. */
export const EXTENT = extent({
  sample: { rows: 200, damages: 40 },
  pr: { rows: 600, damages: 120 },
  nightly: { rows: 2000, damages: 300 },
});
export const SEED = Number(process.env.SENTINEL_SEED ?? 42);
