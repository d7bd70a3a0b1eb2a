import { afterAll, describe, test } from "vitest";
import { freshCheckout } from "../support/checkout.ts";
import { extent, ONLY } from "../support/extent.ts";
import { modelGround, nameOf, PATIENCE_MS, playRun } from "./model/run.ts";

const FIRST_SEED = 1001;
const from = (count: number): number[] => Array.from({ length: count }, (_, no) => FIRST_SEED + no);
/** Runs, by how much is tried. Those of the sample are the ones that show most of the wrong versions in docs/reliability.md. */
const RUNS = extent<readonly number[]>({
  sample: [1001, 1003, 1005, 1009, 1011, 1013, 1031],
  pr: from(40),
  nightly: from(200),
});

const path = process.env.SENTINEL_FAULTS_PATH;

/** Those of the extent; or the one that is asked for, whichever that is. */
function seeds(): number[] {
  const asked = /^model\/steps\/seed=(\d+)$/.exec(ONLY)?.[1];
  if (asked !== undefined) return [Number(asked)];
  return RUNS.filter((seed) => nameOf(seed).startsWith(ONLY));
}

const checkout = freshCheckout();
const { ground, remove } = await modelGround(checkout.root);
afterAll(async () => {
  remove();
  await checkout.remove();
});

describe("the database is what the model says", { concurrent: true, timeout: 2 * PATIENCE_MS }, () => {
  for (const seed of seeds()) test(nameOf(seed), () => playRun(ground, seed, path));
});
