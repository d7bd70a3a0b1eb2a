import fc from "fast-check";
import { expect, test } from "vitest";
import { externalTarget, type Target } from "../db/connect.ts";
import type { Station } from "../db/stations.ts";
import { bucketOf, deviceIdAt } from "../domain/bucket.ts";
import type { FleetSpec } from "../domain/fleet.ts";
import { BUCKET_COUNT } from "../domain/vocabulary.ts";
import { bucketsOf, type Post, postsOf, sharedOut } from "./posts.ts";
import type { Task } from "./protocol.ts";

const targetAt = (no: number): Target =>
  externalTarget({ databaseUrl: `postgres://someone@127.0.0.1:${5_000 + no}/fleet`, env: {} }) as Target;
const range = (count: number): number[] => Array.from({ length: count }, (_, no) => no);

function taskOf(stage: "generate" | "recover", deviceCount: number, batches: number): Task {
  const pass = { campaignId: 1, stage, pass: 1, batches, runId: "", leaseId: "" };
  if (stage === "generate") {
    const batchSize = Math.ceil(deviceCount / batches);
    return { stage, pass, deviceCount, batchSize, seed: 7, inFlight: 1, fleet: {} as FleetSpec };
  }
  return { stage, pass, rules: { name: "", version: 1, rules: [] }, policy: {} as never, ruleNos: [], reported: [] };
}

/** Stations that hold the buckets in whatever way. */
const stationsFor = fc
  .array(fc.integer({ min: 0, max: 4 }), { minLength: BUCKET_COUNT, maxLength: BUCKET_COUNT })
  .map((owners): Station[] =>
    range(5).map((no) => ({
      target: targetAt(no),
      buckets: range(BUCKET_COUNT).filter((bucket) => owners[bucket] === no),
    })),
  );

test("the buckets of a batch of generate are those of its devices", () => {
  for (const [devices, batches] of [
    [1_600, 16],
    [1_601, 7],
    [5, 2],
    [5_000, 1],
  ] as const) {
    const task = taskOf("generate", devices, batches);
    const size = Math.ceil(devices / batches);
    for (const batch of range(batches)) {
      const own = range(Math.min(devices, (batch + 1) * size) - batch * size).map((no) =>
        bucketOf(deviceIdAt(batch * size + no, devices, 7)),
      );
      const buckets = bucketsOf(task, batch);
      expect([buckets[0], buckets.at(-1)]).toEqual([Math.min(...own), Math.max(...own)]);
      expect(buckets).toEqual(range(buckets.length).map((no) => no + (buckets[0] ?? 0)));
    }
  }
});

test("each batch is seen to once: where its buckets are, or at the first station where that is several places", () => {
  fc.assert(
    fc.property(
      stationsFor,
      fc.constantFrom(4, 64, 1_024),
      fc.constantFrom("generate", "recover"),
      (stations, count, stage) => {
        const task = taskOf(stage, 1_024 * 8, count);
        const posts = postsOf(stations, task, range(count));
        expect(posts.flatMap(({ batches }) => batches).sort((a, b) => a - b)).toEqual(range(count));
        for (const { target, batches } of posts)
          for (const batch of batches) {
            const buckets = bucketsOf(task, batch);
            const owners = stations.filter((station) => buckets.some((bucket) => station.buckets.includes(bucket)));
            const first = owners.find((station) => station.buckets.includes(buckets[0] ?? -1));
            expect(target).toEqual((owners.length > 1 && buckets.length > 2 ? stations[0] : first)?.target);
          }
      },
    ),
    { numRuns: 20 },
  );
});

test("one server has all batches, whoever holds what", () => {
  const [only] = postsOf([{ target: targetAt(0), buckets: range(BUCKET_COUNT) }], taskOf("recover", 10, 8), [1, 5, 6]);
  expect(only).toEqual({ target: targetAt(0), batches: [1, 5, 6] });
});

test("workers share all batches out, none twice, and stay at one post where there are enough of them", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 12 }),
      (sizes, workers) => {
        const posts: Post[] = sizes.map((size, no) => ({
          target: targetAt(no),
          batches: range(size).map((batch) => no * 100 + batch),
        }));
        const shares = sharedOut(posts, workers);
        expect(shares).toHaveLength(workers);
        const seen = shares.flatMap((share) =>
          share.flatMap(({ target, batches }) => batches.map((batch) => `${target.label} ${batch}`)),
        );
        const all = posts.flatMap(({ target, batches }) => batches.map((batch) => `${target.label} ${batch}`));
        expect(seen.sort()).toEqual(all.sort());
        if (workers >= posts.length) for (const share of shares) expect(share).toHaveLength(1);
        const crews = posts.map(
          ({ target }) => shares.filter((share) => share.some((post) => post.target.label === target.label)).length,
        );
        expect(Math.max(...crews) - Math.min(...crews)).toBeLessThanOrEqual(1);
      },
    ),
  );
});
