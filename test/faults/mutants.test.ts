import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, test } from "vitest";
import { freshCheckout } from "../support/checkout.ts";
import { breakGround, type Ground, play } from "./harness.ts";
import { MUTANTS, type Mutant } from "./mutants.ts";
import { PATIENCE_MS } from "./place.ts";
import type { Stage } from "./scenario.ts";

const stages = new Set(MUTANTS.flatMap(({ shownBy }) => shownBy.map(({ stage }) => stage)));
const ground = new Map<Stage, Ground>();
for (const stage of stages) ground.set(stage, await breakGround(stage));
afterAll(async () => {
  for (const { before } of ground.values()) await before.drop();
});

/** What the scenarios show to be wrong with the program in a folder: the first that shows anything. */
async function shown(root: string, { shownBy }: Mutant): Promise<string[]> {
  for (const scenario of shownBy) {
    const problems = await play(scenario, ground.get(scenario.stage) as Ground, { root, patienceMs: PATIENCE_MS / 2 });
    if (problems.length > 0) return problems;
  }
  return [];
}

describe("a wrong version is shown to be one", { concurrent: true, timeout: 3 * PATIENCE_MS }, () => {
  for (const mutant of MUTANTS) {
    test(mutant.name, async ({ expect }) => {
      const { file, right, wrong } = mutant;
      const checkout = freshCheckout();
      try {
        expect(await shown(checkout.root, mutant), "the program as it is").toEqual([]);
        const path = join(checkout.root, file);
        const parts = readFileSync(path, "utf8").split(right);
        expect(parts, `${file} holds once: ${right}`).toHaveLength(2);
        writeFileSync(path, parts.join(wrong));
        expect(await shown(checkout.root, mutant)).not.toEqual([]);
      } finally {
        await checkout.remove();
      }
    });
  }
});
