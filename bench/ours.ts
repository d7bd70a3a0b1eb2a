import { WorkerPool } from "../pipelines/workers/pool.ts";
import type { Task } from "../pipelines/workers/protocol.ts";
import { type Ground, taskOf } from "./ground.ts";
import { LANES } from "./sessions.ts";
import type { Notes, Side } from "./side.ts";
import { statement } from "./statement.ts";

/** A stage's real task, done by the real workers, as `npm run` has it done. */
export function ours(ground: Ground, stage: "generate" | "recover", resets: readonly string[]): Side {
  const task = taskOf(ground, stage);
  let pool: WorkerPool | undefined;
  return {
    name: "ours",
    close: async () => pool?.close(),
    async reset() {
      pool ??= await loadedPool(ground);
      for (const name of resets) await ground.client.query(statement(name));
    },
    work: () => run(ground, pool as WorkerPool, task),
    async inspect(): Promise<Notes> {
      const { rows } = await ground.client.query<{ ms: number }>(statement("batch_times"), [stage]);
      return { batchMs: rows.map(({ ms }) => ms) };
    },
  };
}

/** Does a stage's work once, unmeasured. */
export async function once(ground: Ground, stage: "generate" | "corrupt"): Promise<void> {
  const pool = new WorkerPool(LANES);
  try {
    await run(ground, pool, taskOf(ground, stage));
  } finally {
    await pool.close();
  }
}

/** Threads that have loaded their code and opened their sessions: in `npm run` they load while the database is being opened. */
async function loadedPool(ground: Ground): Promise<WorkerPool> {
  const pool = new WorkerPool(LANES);
  const task = taskOf({ ...ground, devices: 0, campaign: { ...ground.campaign, campaign_id: 0 } }, "generate");
  await run(ground, pool, { ...task, pass: { ...task.pass, batches: LANES } });
  return pool;
}

async function run({ target, signal }: Ground, pool: WorkerPool, task: Task): Promise<number> {
  const batches = Array.from({ length: task.pass.batches }, (_, batch) => batch);
  const quiet = { onProgress: () => {}, onNote: () => {} };
  const lanes = await pool.run({ task, target, batches, signal, ...quiet });
  signal.throwIfAborted();
  return lanes.reduce((sum, { rows }) => sum + rows, 0);
}
