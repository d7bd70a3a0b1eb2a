import { expect, test } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import { session } from "../../test/support/fleet.ts";
import { faultProxy } from "../chaos/proxy.ts";
import { batchesInFlight, batchRows, roundTripMs } from "./latency.ts";

test.each([
  // A link so fast that it can't be told from none: as many rows as one batch may have.
  [0, 10_000_000, 50_000],
  [0.1, 10_000_000, 50_000],
  [0.4, 10_000_000, 50_000],
  [1, 10_000_000, 20_000],
  [10, 10_000_000, 2_000],
  [40, 10_000_000, 500],
  [300, 10_000_000, 500],
  // No fewer batches than 16, for one worker each, unless they became smaller than 500.
  [0.1, 160_000, 10_000],
  [0.1, 160_001, 10_001],
  [0.1, 10_000, 625],
  [0.1, 8_000, 500],
  [0.1, 1, 500],
  [0, 0, 500],
])("over a link of %d ms, a fleet of %d commits %d at a time", (linkMs, devices, rows) => {
  expect(batchRows(linkMs, devices)).toBe(rows);
});

test.each([
  [0.1, 100_000_000, 50_000],
  [0.1, 10_000_000, 9_766],
  [0.1, 1_000_000, 977],
  [40, 10_000_000, 500],
])("over a link of %d ms, a fleet of %d at several servers commits %d at a time", (linkMs, devices, rows) => {
  expect(batchRows(linkMs, devices, true)).toBe(rows);
});

test.each([
  [0, 1],
  [0.05, 2],
  [1, 2],
  [1.5, 3],
  [30, 31],
  [63, 64],
  [64, 64],
  [5_000, 64],
])("over a link of %d ms, %d batches are under way", (linkMs, batches) => {
  expect(batchesInFlight(linkMs)).toBe(batches);
});

test("both are whole numbers from 1, whatever was measured", () => {
  for (let linkMs = 0; linkMs < 2_000; linkMs = linkMs * 1.3 + 0.01) {
    for (const devices of [0, 1, 499, 12_345, 1_000_000, 2 ** 31]) {
      const rows = batchRows(linkMs, devices);
      expect(Number.isInteger(rows) && rows >= 500 && rows <= 50_000).toBe(true);
    }
    const batches = batchesInFlight(linkMs);
    expect(Number.isInteger(batches) && batches >= 1 && batches <= 64).toBe(true);
  }
});

test("the round trip is measured: a slow link takes longer than its delay, and a near one less", async () => {
  const database = await freshDatabase();
  const link = await faultProxy(database.url, [], { latencyMs: 10 });
  const slow = await session(link.url, roundTripMs);
  const near = await session(database.url, roundTripMs);
  expect(slow).toBeGreaterThan(18);
  expect(near).toBeLessThan(slow);
  await link.close();
  await database.drop();
});
