import { parentPort } from "node:worker_threads";
import type pg from "pg";
import { finished } from "../cli/finished.ts";
import { refusedLine, retryLine } from "../db/commit.ts";
import { connect } from "../db/connect.ts";
import { explain } from "../db/explain.ts";
import { isTransient } from "../db/retry.ts";
import { Sending } from "../db/sending.ts";
import { Session } from "../db/session.ts";
import type { Post } from "./posts.ts";
import { type Assignment, Board, type Message, type Order } from "./protocol.ts";
import { batchTask } from "./tasks.ts";

const say = (message: Message): void => parentPort?.postMessage(message);
const note = (line: string): void => say({ kind: "note", line });
/** By the label of their target: they outlive a stage. */
const sessions = new Map<string, Session>();
/** By the same: opened before there was anything to do. */
const met = new Map<string, Promise<pg.Client>>();

/** Takes its batches one after another; while some commit, the next is prepared. A raised flag ends it between batches. */
async function work({ posts, ...assignment }: Assignment): Promise<void> {
  for (const post of posts) {
    try {
      await workAt(post, assignment);
    } catch (error) {
      // What was transient stays so: the parent decides whether the run can be continued.
      throw isTransient(error) ? error : explain(error, post.target);
    }
  }
}

async function workAt({ target, batches }: Post, { task, worker, board }: Omit<Assignment, "posts">): Promise<void> {
  const kind = batchTask(task, worker);
  const session = sessions.get(target.label) ?? new Session(target, met.get(target.label));
  sessions.set(target.label, session);
  const sending = new Sending([session], kind, {
    pass: task.pass,
    inFlight: kind.inFlight ?? 1,
    stopped: () => Atomics.load(board, Board.stop) !== 0,
    onStored(rows) {
      Atomics.add(board, Board.batches(worker), 1);
      Atomics.add(board, Board.rows(worker), rows);
    },
    onRetry: (...retry) => note(retryLine(...retry)),
    onRefused: (...refusal) => note(refusedLine(...refusal)),
  });
  for (const batch of batches) if (!(await sending.send(batch, await kind.prepare(batch)))) break;
  await sending.settled();
}

/** An error as plain data: class and own fields do not survive the way between threads. */
function portable(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return { ...error, name: error.name, message: error.message, stack: error.stack, cause: undefined };
}

parentPort?.on("message", (order: Order) => {
  if (order.kind === "meet") {
    const client = connect(order.target);
    // Whoever works with it asks for another one then, and learns why there is none.
    client.catch(() => {});
    met.set(order.target.label, client);
    return;
  }
  work(order.assignment).then(
    () => {
      say({ kind: "done" });
      finished();
    },
    async (error) => {
      await Promise.all([...sessions.values()].map((session) => session.close()));
      say({ kind: "failed", error: portable(error) });
    },
  );
});
