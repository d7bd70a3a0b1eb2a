import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { parentPort } from "node:worker_threads";
import { commitAgain, refusedLine, retryLine } from "../db/commit.ts";
import { explain } from "../db/explain.ts";
import { isTransient } from "../db/retry.ts";
import { Session } from "../db/session.ts";
import { type Assignment, Board, type Message } from "./protocol.ts";
import { batchTask } from "./tasks.ts";

// The functions that encode and judge reports are made of many small ones, more than V8 puts together by default: a third of their time.
setFlagsFromString("--max-inlined-bytecode-size-cumulative=5000");

const say = (message: Message): void => parentPort?.postMessage(message);
const note = (line: string): void => say({ kind: "note", line });
let session: Session | undefined;

/** A batch that is on its way to the server. */
interface Sent {
  readonly batch: number;
  readonly prepared: unknown;
  readonly rows: Promise<number>;
}

/** Takes its batches one after another; while some commit, the next is prepared. A raised flag ends it between batches. */
async function work({ task, target, worker, board, batches }: Assignment): Promise<void> {
  const kind = batchTask(task, worker);
  const { prepare, commit, inFlight = 1 } = kind;
  session ??= new Session(target);
  const connection = session;
  const sent: Sent[] = [];
  const isStopped = (): boolean => Atomics.load(board, Board.stop) !== 0;
  for (const batch of batches) {
    const prepared = await prepare(batch);
    if (sent.length === inFlight) await settleFirst();
    if (isStopped()) break;
    const rows = connection.link().then((link) => commit(link, batch, prepared));
    rows.catch(() => {});
    sent.push({ batch, prepared, rows });
    // What was sent leaves before the next batch takes the thread.
    await turn();
  }
  while (sent.length > 0) await settleFirst();

  /** Waits for the oldest. Where it failed, all that are under way are brought to their end before anything new begins. */
  async function settleFirst(): Promise<void> {
    const first = sent.shift();
    if (!first) return;
    const [end] = await Promise.allSettled([first.rows]);
    if (end.status === "fulfilled") return count(end.value);
    const others = sent.splice(0);
    const ends = await Promise.allSettled(others.map(({ rows }) => rows));
    const failed = others.flatMap((one, at) =>
      ends[at]?.status === "rejected" ? [{ one, error: ends[at].reason }] : [],
    );
    for (const other of ends) if (other.status === "fulfilled") count(other.value);
    for (const { one, error } of [{ one: first, error: end.reason }, ...failed]) count(await again(one, error));
  }

  function again({ batch, prepared }: Sent, error: unknown): Promise<number> {
    return commitAgain(
      connection,
      kind,
      { batch, prepared, error },
      {
        pass: task.pass,
        stopped: isStopped,
        onRetry: (...retry) => note(retryLine(...retry)),
        onRefused: (...refusal) => note(refusedLine(...refusal)),
      },
    );
  }

  function count(rows: number): void {
    Atomics.add(board, Board.batches(worker), 1);
    Atomics.add(board, Board.rows(worker), rows);
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
