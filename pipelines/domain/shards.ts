import { BUCKET_COUNT } from "./vocabulary.ts";

/** A set of neighbouring buckets that one worker takes as one batch. */
export interface Shard {
  readonly no: number;
  readonly buckets: readonly number[];
}

const FEWEST = 4;

/** How many shards hold about `batchSize` devices each: a power of two from `fewest` to 1024. The number of workers plays no part. */
export function shardCount(deviceCount: number, batchSize: number, fewest = FEWEST): number {
  let count = fewest;
  while (count < BUCKET_COUNT && deviceCount / count > batchSize) count *= 2;
  return count;
}

/** The buckets of one shard out of `count`. */
export function shardAt(no: number, count: number): Shard {
  const size = BUCKET_COUNT / count;
  return { no, buckets: Array.from({ length: size }, (_, at) => no * size + at) };
}
