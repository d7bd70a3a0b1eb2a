import { expect, test } from "vitest";
import { shardAt, shardCount } from "./shards.ts";
import { BUCKET_COUNT } from "./vocabulary.ts";

const EVERY_BUCKET = Array.from({ length: BUCKET_COUNT }, (_, bucket) => bucket);

test.each([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024])("%d shards cover every bucket once", (count) => {
  const buckets = Array.from({ length: count }, (_, no) => shardAt(no, count).buckets).flat();
  expect(buckets).toEqual(EVERY_BUCKET);
});

test.each([
  [1, 1, 4],
  [2000, 500, 4],
  [2001, 500, 8],
  [10_000, 50_000, 4],
  [1_000_000, 50_000, 32],
  [100_000_000, 50_000, 1024],
  [100_000_000, 1, 1024],
])("%d devices in batches of %d make %d shards", (devices, batchSize, shards) => {
  expect(shardCount(devices, batchSize)).toBe(shards);
});

test("any count of devices makes a count of shards that divides the buckets", () => {
  for (let devices = 1; devices < 2 ** 27; devices = devices * 3 + 1) {
    for (const batchSize of [1, 7, 500, 50_000, 1_000_000]) {
      const count = shardCount(devices, batchSize);
      expect(BUCKET_COUNT % count).toBe(0);
      expect(count === BUCKET_COUNT || devices / count <= batchSize).toBe(true);
    }
  }
});
