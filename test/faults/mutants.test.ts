import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { freshCheckout } from "../support/checkout.ts";
import { breakGround, PATIENCE_MS, play } from "./harness.ts";
import { MUTANTS } from "./mutants.ts";

const ground = await breakGround();
const checkout = freshCheckout();
afterAll(async () => {
  await checkout.remove();
  for (const { before } of Object.values(ground)) await before.drop();
});

test.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
  "%s",
  { timeout: 2 * PATIENCE_MS },
  async (_, { file, right, wrong, shownBy }) => {
    const path = join(checkout.root, file);
    const text = readFileSync(path, "utf8");
    expect(await shown(), "the program as it is").toEqual([]);
    expect(text.split(right), `${file} holds once: ${right}`).toHaveLength(2);
    writeFileSync(
      path,
      text.replace(right, () => wrong),
    );
    try {
      const problems = await shown();
      expect(problems).not.toEqual([]);
    } finally {
      writeFileSync(path, text);
    }

    async function shown(): Promise<string[]> {
      for (const scenario of shownBy) {
        const problems = await play(scenario, ground[scenario.stage], {
          root: checkout.root,
          patienceMs: PATIENCE_MS / 2,
        });
        if (problems.length > 0) return problems;
      }
      return [];
    }
  },
);
