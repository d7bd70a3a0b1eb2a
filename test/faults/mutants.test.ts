import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, test } from "vitest";
import { freshCheckout } from "../support/checkout.ts";
import { breakGround, type Ground, play } from "./harness.ts";
import { MUTANTS } from "./mutants.ts";
import { PATIENCE_MS, type Playing } from "./place.ts";
import { nameOf, type Scenario, type Stage } from "./scenario.ts";

const stages = new Set(MUTANTS.flatMap(({ shownBy }) => shownBy.map(({ stage }) => stage)));
const ground = new Map<Stage, Ground>();
for (const stage of stages) ground.set(stage, await breakGround(stage));
afterAll(async () => {
  for (const { leave } of ground.values()) await leave();
});

const problemsOf = (scenario: Scenario, playing: Playing = {}): Promise<string[]> =>
  play(scenario, ground.get(scenario.stage) as Ground, { ...playing, patienceMs: PATIENCE_MS / 2 });

/** What is wrong with the program as it is, by scenario: several wrong versions are shown by the same one. */
const asItIs = new Map<string, Promise<string[]>>();
function problemsAsItIs(scenario: Scenario): Promise<string[]> {
  const name = nameOf(scenario);
  const known = asItIs.get(name) ?? problemsOf(scenario);
  asItIs.set(name, known);
  return known;
}

/** Whether one of the scenarios that the program as it is passes shows the program in a folder to be wrong: the others say nothing about it. */
async function isShown(root: string, scenarios: readonly Scenario[]): Promise<boolean> {
  let fair = 0;
  let problems: string[] = [];
  for (const scenario of scenarios) {
    problems = await problemsAsItIs(scenario);
    if (problems.length > 0) continue;
    fair++;
    if ((await problemsOf(scenario, { root })).length > 0) return true;
  }
  if (fair === 0) throw new Error(`the program as it is passes none: ${problems.join("; ")}`);
  return false;
}

describe("a wrong version is shown to be one", { concurrent: true, timeout: 3 * PATIENCE_MS }, () => {
  for (const mutant of MUTANTS) {
    test(mutant.name, async ({ expect }) => {
      const { file, right, wrong } = mutant;
      const checkout = freshCheckout();
      try {
        const path = join(checkout.root, file);
        const parts = readFileSync(path, "utf8").split(right);
        expect(parts, `${file} holds once: ${right}`).toHaveLength(2);
        writeFileSync(path, parts.join(wrong));
        expect(await isShown(checkout.root, mutant.shownBy)).toBe(true);
      } finally {
        await checkout.remove();
      }
    });
  }
});
