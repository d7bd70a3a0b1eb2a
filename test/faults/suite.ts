import { afterAll, describe, test } from "vitest";
import { breakGround, PATIENCE_MS, play } from "./harness.ts";
import { EXTENTS, matrix } from "./matrix.ts";
import { nameOf, type Stage } from "./scenario.ts";

/** Makes a test of every scenario of a stage: a file a stage, so that two run at once. */
export async function testFaults(stage: Stage): Promise<void> {
  const ground = await breakGround();
  afterAll(async () => {
    for (const { before } of Object.values(ground)) await before.drop();
  });
  const only = process.env.SENTINEL_FAULTS_ONLY ?? "";
  const extent = EXTENTS[process.env.SENTINEL_FAULTS ?? "sample"];
  if (!extent) throw new Error(`SENTINEL_FAULTS is none of ${Object.keys(EXTENTS).join(", ")}`);
  const scenarios = matrix(stage, ground[stage].roundTrips, extent).filter((scenario) =>
    nameOf(scenario).startsWith(only),
  );
  describe("whatever breaks, nothing is lost", { concurrent: true, timeout: 2 * PATIENCE_MS }, () => {
    for (const scenario of scenarios) {
      test(nameOf(scenario), async ({ expect }) => {
        expect(await play(scenario, ground[stage])).toEqual([]);
      });
    }
  });
}
