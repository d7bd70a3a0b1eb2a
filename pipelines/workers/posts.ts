import type { Target } from "../db/connect.ts";
import type { Station } from "../db/stations.ts";
import { bucketAt } from "../domain/bucket.ts";
import { shardAt } from "../domain/shards.ts";
import type { Task } from "./protocol.ts";

/** Batches that are seen to at one server. */
export interface Post {
  readonly target: Target;
  readonly batches: readonly number[];
}

/** The buckets whose devices a batch is about. */
export function bucketsOf(task: Task, batch: number): readonly number[] {
  if (task.stage !== "generate") return shardAt(batch, task.pass.batches).buckets;
  const { deviceCount, batchSize } = task;
  const first = bucketAt(batch * batchSize, deviceCount);
  const last = bucketAt(Math.min(deviceCount, (batch + 1) * batchSize) - 1, deviceCount);
  return Array.from({ length: last - first + 1 }, (_, no) => first + no);
}

/** The buckets that a batch of one bucket may touch: where one begins another may end. */
const NEIGHBOURS = 2;

/**
 * Has each batch seen to at the station that holds its buckets. One of many buckets, which several hold, is for the first station, which knows all the others: any
 * other one would open connections to them for each batch. Stations without batches are left out.
 */
export function postsOf(stations: readonly Station[], task: Task, batches: readonly number[]): Post[] {
  const owner = new Map<number, number>();
  for (const [no, { buckets }] of stations.entries()) for (const bucket of buckets) owner.set(bucket, no);
  const posts = stations.map(({ target }) => ({ target, batches: [] as number[] }));
  for (const batch of batches) {
    const owners = bucketsOf(task, batch).map((bucket) => owner.get(bucket) ?? 0);
    const [first = 0] = owners;
    const isNear = owners.length <= NEIGHBOURS || owners.every((no) => no === first);
    posts[isNear ? first : 0]?.batches.push(batch);
  }
  return posts.filter((post) => post.batches.length > 0);
}

/**
 * What each of so many workers does, in neighbouring parts. Where there are enough of them each has one post, and posts have as many workers, give or take one; else each worker
 * has several posts to itself.
 */
export function sharedOut(posts: readonly Post[], workers: number): Post[][] {
  const groups = Math.min(posts.length, workers);
  return Array.from({ length: workers }, (_, worker) => {
    const group = worker % groups;
    const crew = Math.ceil((workers - group) / groups);
    return posts
      .filter((_, no) => no % groups === group)
      .map(({ target, batches }) => ({ target, batches: part(batches, Math.floor(worker / groups), crew) }));
  });
}

/** The n-th of so many equal, neighbouring parts. */
function part(batches: readonly number[], no: number, parts: number): readonly number[] {
  const from = Math.floor((batches.length * no) / parts);
  return batches.slice(from, Math.floor((batches.length * (no + 1)) / parts));
}
