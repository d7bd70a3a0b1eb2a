import { afterAll, beforeAll, describe, test } from "vitest";
import { type OwnServer, ownServer } from "../support/own-server.ts";
import { breakGround, type Ground, play } from "./harness.ts";
import { EXTENTS, matrix } from "./matrix.ts";
import { PATIENCE_MS } from "./place.ts";
import { nameOf, needsServer, type Scenario, type Stage } from "./scenario.ts";

/** Makes a test of every scenario of a stage: a file a stage, so that two run at once. */
export async function testFaults(stage: Stage): Promise<void> {
  const ground = await breakGround();
  afterAll(() => forget(ground));
  const only = process.env.SENTINEL_FAULTS_ONLY ?? "";
  const extent = EXTENTS[process.env.SENTINEL_FAULTS ?? "sample"];
  if (!extent) throw new Error(`SENTINEL_FAULTS is none of ${Object.keys(EXTENTS).join(", ")}`);
  const scenarios = matrix(stage, ground[stage].roundTrips, extent).filter((scenario) =>
    nameOf(scenario).startsWith(only),
  );
  const falls = scenarios.filter(needsServer);
  if (scenarios.length > falls.length) testBreaks(stage, ground, scenarios);
  if (falls.length > 0) testFalls(stage, falls);
}

type Grounds = Readonly<Record<Stage, Ground>>;

async function forget(ground: Grounds): Promise<void> {
  for (const { before } of Object.values(ground)) await before.drop();
}

function testBreaks(stage: Stage, ground: Grounds, scenarios: readonly Scenario[]): void {
  describe("whatever breaks, nothing is lost", { concurrent: true, timeout: 2 * PATIENCE_MS }, () => {
    for (const scenario of scenarios.filter((one) => !needsServer(one))) {
      test(nameOf(scenario), async ({ expect }) => {
        expect(await play(scenario, ground[stage])).toEqual([]);
      });
    }
  });
}

/** One after another: each takes the server down for all. */
function testFalls(stage: Stage, scenarios: readonly Scenario[]): void {
  describe("the server itself falls", { timeout: 2 * PATIENCE_MS }, () => {
    let server: OwnServer;
    let ground: Grounds;
    beforeAll(async () => {
      server = await ownServer({ small: true, settings: { shared_buffers: "32MB", max_wal_size: "64MB" } });
      ground = await breakGround(server.database);
    });
    afterAll(() => server.stop());
    for (const scenario of scenarios) {
      test(nameOf(scenario), async ({ expect, skip }) => {
        if (scenario.fault.kind === "disk" && !server.disk)
          skip("a disk to fill needs the right to mount one: root, on Linux");
        expect(await play(scenario, ground[stage], { server })).toEqual([]);
      });
    }
  });
}
