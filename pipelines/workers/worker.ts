import { parentPort } from "node:worker_threads";
import { explain } from "../db/explain.ts";
import { committedRows } from "../db/ledger.ts";
import { isDuplicate, isTransient, withRetry } from "../db/retry.ts";
import { Session } from "../db/session.ts";
import { type Assignment, Board, type Message } from "./protocol.ts";
import { batchTask } from "./tasks.ts";

const say = (message: Message): void => parentPort?.postMessage(message);
let session: Session | undefined;

/** Takes its batches one after another; while one commits, the next is prepared. A raised flag ends it between batches. */
async function work({ task, target, worker, board, batches }: Assignment): Promise<void> {
  const { prepare, commit } = batchTask(task, worker);
  session ??= new Session(target);
  const connection = session;
  let pending: Promise<void> = Promise.resolve();
  for (const batch of batches) {
    const prepared = prepare(batch);
    await pending;
    if (Atomics.load(board, Board.stop) !== 0) break;
    pending = store(batch, prepared);
    pending.catch(() => {});
  }
  await pending;

  async function store(batch: number, prepared: unknown): Promise<void> {
    const rows = await withRetry(
      async (attempt) => {
        const client = await connection.client(attempt > 1);
        const committed = attempt > 1 ? await committedRows(client, task.pass, batch) : undefined;
        return committed ?? (await commit(client, batch, prepared).catch((error) => overtaken(error, batch)));
      },
      {
        stopped: () => Atomics.load(board, Board.stop) !== 0,
        random: Math.random,
        onRetry: (error, attempt) => say({ kind: "retry", batch, attempt, reason: String(error) }),
      },
    );
    Atomics.add(board, Board.batches(worker), 1);
    Atomics.add(board, Board.rows(worker), rows);
  }

  /** The session of a command that was killed may live on just long enough to commit the same batch. */
  async function overtaken(error: unknown, batch: number): Promise<number> {
    const rows = isDuplicate(error) && (await committedRows(await connection.client(true), task.pass, batch));
    if (rows === undefined || rows === false) throw error;
    return rows;
  }
}

/** An error as plain data: class and own fields do not survive the way between threads. */
function portable(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return { ...error, name: error.name, message: error.message, stack: error.stack, cause: undefined };
}

/** What was transient stays so: the parent decides whether the run can be continued. */
parentPort?.on("message", (assignment: Assignment) => {
  work(assignment).then(
    () => say({ kind: "done" }),
    async (error) => {
      await session?.close();
      say({ kind: "failed", error: portable(isTransient(error) ? error : explain(error, assignment.target)) });
    },
  );
});
