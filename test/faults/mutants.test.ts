import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, test } from "vitest";
import { freshCheckout } from "../support/checkout.ts";
import { breakGround, type Ground, play } from "./harness.ts";
import { MUTANTS } from "./mutants.ts";
import { PATIENCE_MS } from "./place.ts";
import type { Scenario, Stage } from "./scenario.ts";

const stages = new Set(MUTANTS.flatMap(({ shownBy }) => shownBy.map(({ stage }) => stage)));
const ground = new Map<Stage, Ground>();
for (const stage of stages) ground.set(stage, await breakGround(stage));
afterAll(async () => {
  for (const { leave } of ground.values()) await leave();
});

const problemsOf = (root: string, scenario: Scenario): Promise<string[]> =>
  play(scenario, ground.get(scenario.stage) as Ground, { root, patienceMs: PATIENCE_MS / 2 });

/** Those of the scenarios that the program as it is passes: the others say nothing about a wrong one. */
async function passed(root: string, scenarios: readonly Scenario[]): Promise<Scenario[]> {
  const fair: Scenario[] = [];
  let problems: string[] = [];
  for (const scenario of scenarios) {
    problems = await problemsOf(root, scenario);
    if (problems.length === 0) fair.push(scenario);
  }
  if (fair.length === 0) throw new Error(`the program as it is passes none: ${problems.join("; ")}`);
  return fair;
}

/** Whether the scenarios show anything to be wrong with the program in a folder. */
async function isShown(root: string, scenarios: readonly Scenario[]): Promise<boolean> {
  for (const scenario of scenarios) if ((await problemsOf(root, scenario)).length > 0) return true;
  return false;
}

describe("a wrong version is shown to be one", { concurrent: true, timeout: 3 * PATIENCE_MS }, () => {
  for (const mutant of MUTANTS) {
    test(mutant.name, async ({ expect }) => {
      const { file, right, wrong } = mutant;
      const checkout = freshCheckout();
      try {
        const fair = await passed(checkout.root, mutant.shownBy);
        const path = join(checkout.root, file);
        const parts = readFileSync(path, "utf8").split(right);
        expect(parts, `${file} holds once: ${right}`).toHaveLength(2);
        writeFileSync(path, parts.join(wrong));
        expect(await isShown(checkout.root, fair)).toBe(true);
      } finally {
        await checkout.remove();
      }
    });
  }
});
