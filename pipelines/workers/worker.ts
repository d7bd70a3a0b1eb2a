import { parentPort, workerData } from "node:worker_threads";
import { explain } from "../db/explain.ts";
import { committedRows } from "../db/ledger.ts";
import { withRetry } from "../db/retry.ts";
import { Session } from "../db/session.ts";
import { type Assignment, Board, type Message } from "./protocol.ts";
import { batchTask } from "./tasks.ts";

const assignment = workerData as Assignment;
const { task, target, worker, board } = assignment;
const say = (message: Message): void => parentPort?.postMessage(message);

/** Takes its batches one after another; while one commits, the next is prepared. A raised flag ends it between batches. */
async function work(): Promise<void> {
  const { prepare, commit } = batchTask(task, worker);
  const session = new Session(target);
  try {
    let pending: Promise<void> = Promise.resolve();
    for (const batch of assignment.batches) {
      if (Atomics.load(board, Board.stop) !== 0) break;
      const prepared = prepare(batch);
      await pending;
      pending = store(batch, prepared);
      pending.catch(() => {});
    }
    await pending;
  } finally {
    await session.close();
  }

  async function store(batch: number, prepared: unknown): Promise<void> {
    const rows = await withRetry(
      async (attempt) => {
        const client = await session.client(attempt > 1);
        const committed = attempt > 1 ? await committedRows(client, task.pass, batch) : undefined;
        return committed ?? (await commit(client, batch, prepared));
      },
      {
        signal: new AbortController().signal,
        random: Math.random,
        onRetry: (error, attempt) => say({ kind: "retry", batch, attempt, reason: String(error) }),
      },
    );
    Atomics.add(board, Board.batches(worker), 1);
    Atomics.add(board, Board.rows(worker), rows);
  }
}

work().then(
  () => say({ kind: "done" }),
  (error) => say({ kind: "failed", error: portable(explain(error, target)) }),
);

/** An error as plain data: class and own fields do not survive the way between threads. */
function portable(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return { ...error, name: error.name, message: error.message, stack: error.stack, cause: undefined };
}
