import { afterAll, beforeAll, describe, test } from "vitest";
import { freshCheckout } from "../support/checkout.ts";
import { extent, ONLY } from "../support/extent.ts";
import { type OwnServer, ownServer } from "../support/own-server.ts";
import { canMount } from "../support/small-disk.ts";
import { breakGround, type Ground, play } from "./harness.ts";
import { EXTENTS, matrix } from "./matrix.ts";
import { PATIENCE_MS, type Playing } from "./place.ts";
import { nameOf, needsServer, type Scenario, type Stage } from "./scenario.ts";

const NO_DISK = "a disk to fill needs the right to mount one: root, on Linux";

/** Makes a test of every scenario of a stage: a file a stage, so that two run at once. */
export async function testFaults(stage: Stage): Promise<void> {
  // A report is written into its checkout.
  const checkout = stage === "report" ? freshCheckout() : undefined;
  const playing: Playing = checkout ? { root: checkout.root } : {};
  const ground = await breakGround(stage, playing);
  afterAll(async () => {
    await ground.leave();
    await checkout?.remove();
  });
  const scenarios = matrix(stage, ground.roundTrips, extent(EXTENTS)).filter((scenario) =>
    nameOf(scenario).startsWith(ONLY),
  );
  const falls = scenarios.filter(needsServer);
  if (scenarios.length > falls.length) testBreaks(ground, scenarios, playing);
  if (falls.length > 0) testFalls(stage, falls);
}

function testBreaks(ground: Ground, scenarios: readonly Scenario[], playing: Playing): void {
  describe("whatever breaks, nothing is lost", { concurrent: true, timeout: 2 * PATIENCE_MS }, () => {
    for (const scenario of scenarios.filter((one) => !needsServer(one))) {
      test(nameOf(scenario), async ({ expect, skip }) => {
        if (scenario.fault.kind === "room" && !canMount()) skip(NO_DISK);
        expect(await play(scenario, ground, playing)).toEqual([]);
      });
    }
  });
}

/** One after another: each takes the server down for all. */
function testFalls(stage: Stage, scenarios: readonly Scenario[]): void {
  describe("the server itself falls", { timeout: 2 * PATIENCE_MS }, () => {
    let server: OwnServer;
    let ground: Ground;
    beforeAll(async () => {
      server = await ownServer({ small: true, settings: { shared_buffers: "32MB", max_wal_size: "64MB" } });
      ground = await breakGround(stage, { server });
    });
    afterAll(async () => {
      await ground.leave();
      await server.stop();
    });
    for (const scenario of scenarios) {
      test(nameOf(scenario), async ({ expect, skip }) => {
        if (scenario.fault.kind === "disk" && !server.disk) skip(NO_DISK);
        expect(await play(scenario, ground, { server })).toEqual([]);
      });
    }
  });
}
