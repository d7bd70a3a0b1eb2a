import fc from "fast-check";
import { freshDatabase } from "../../support/database.ts";
import { folder } from "../../support/import-files.ts";
import { reference } from "./facts.ts";
import { makeFleets } from "./fleets.ts";
import type { Step } from "./step.ts";
import { step } from "./steps.ts";
import { type Ground, Turn } from "./turn.ts";

const STEPS = 15;
/** Longer than a run; what is left of it makes a failure smaller. */
export const PATIENCE_MS = 300_000;

/**
 * What runs of the program in a folder share.
 * @returns also how to remove it.
 */
export async function modelGround(root: string): Promise<{ ground: Ground; remove: () => void }> {
  const files = folder();
  const fleets = await makeFleets(files);
  return {
    ground: { root, fleets, facts: reference(root), digests: new Map(), files: files.path },
    remove: () => files.remove(),
  };
}

/** Fifteen steps; where they fail, those are left out that can be. */
const run = fc
  .array(fc.option(step, { nil: undefined, freq: 1_000_000 }), { minLength: STEPS, maxLength: STEPS })
  .map((steps) => steps.filter((one) => one !== undefined));

/** Plays steps on a database of its own: after each it must be what the model says. */
async function playSteps(ground: Ground, steps: readonly Step[]): Promise<void> {
  const database = await freshDatabase();
  const turn = new Turn(ground, database.url);
  try {
    await fc.asyncModelRun(() => ({ model: turn, real: null }), steps);
  } catch (error) {
    throw new Error([(error as Error).message, "It had played", ...turn.played].join("\n  "));
  } finally {
    await database.drop();
  }
}

/** A name that finds a run again. */
export const nameOf = (seed: number): string => `model/steps/seed=${seed}`;

/**
 * Plays the run that a seed makes.
 * @param path of the steps that its failure was made smaller to; all of them, where there is none.
 * @throws Error with what differs, the steps, and the command that plays them again.
 */
export async function playRun(ground: Ground, seed: number, path: string | undefined): Promise<void> {
  if (path !== undefined) {
    const [steps = []] = fc.sample(run, { seed, path, numRuns: 1 });
    return playSteps(ground, steps);
  }
  const property = fc.asyncProperty(run, (steps) => playSteps(ground, steps));
  const limit = { interruptAfterTimeLimit: PATIENCE_MS, markInterruptAsFailure: true };
  const { failed, errorInstance, counterexamplePath } = await fc.check(property, { seed, numRuns: 1, ...limit });
  if (!failed) return;
  const reason = errorInstance instanceof Error ? errorInstance.message : "It takes too long.";
  const again = `npm run test:faults -- --only ${nameOf(seed)}`;
  const smaller = counterexamplePath === null ? "" : `\nThese steps alone: ${again} --path ${counterexamplePath}`;
  throw new Error(`${reason}\nPlay it again: ${again}${smaller}`);
}
