import { Worker } from "node:worker_threads";
import { SentinelError } from "../cli/errors.ts";
import type { Target } from "../db/connect.ts";
import { Board, type Message, type Task } from "./protocol.ts";

/** How far each worker has come. */
export interface Lane {
  readonly batches: number;
  readonly rows: number;
}

export interface PoolOptions {
  readonly task: Task;
  readonly target: Target;
  /** Numbers of the batches that are still to be done. */
  readonly batches: readonly number[];
  readonly workers: number;
  /** Raised: each worker ends with the batch that it is at. */
  readonly signal: AbortSignal;
  readonly onProgress: (lanes: readonly Lane[]) => void;
  readonly onNote: (line: string) => void;
}

const POLL_MS = 100;

/**
 * Shares the batches out among worker threads, each with a connection of its own, and waits for all of them. The first failure
 * stops the others after their batch, and is thrown.
 */
export async function runPool(options: PoolOptions): Promise<readonly Lane[]> {
  const { batches, signal } = options;
  const workers = Math.min(options.workers, batches.length);
  const board = new Int32Array(new SharedArrayBuffer(Board.size(workers) * Int32Array.BYTES_PER_ELEMENT));
  const stop = (): void => {
    Atomics.store(board, Board.stop, 1);
  };
  const lanes = (): Lane[] =>
    Array.from({ length: workers }, (_, worker) => ({
      batches: Atomics.load(board, Board.batches(worker)),
      rows: Atomics.load(board, Board.rows(worker)),
    }));
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const timer = setInterval(() => options.onProgress(lanes()), POLL_MS);
  try {
    const ends = await Promise.allSettled(
      Array.from({ length: workers }, (_, worker) =>
        runWorker(options, worker, share(batches, worker, workers), board).catch((error) => {
          stop();
          throw error;
        }),
      ),
    );
    const failure = ends.find((end) => end.status === "rejected");
    if (failure) throw failure.reason;
    return lanes();
  } finally {
    clearInterval(timer);
    signal.removeEventListener("abort", stop);
    options.onProgress(lanes());
  }
}

/** The n-th of equal, neighbouring parts. */
function share(batches: readonly number[], worker: number, workers: number): readonly number[] {
  const from = Math.floor((batches.length * worker) / workers);
  return batches.slice(from, Math.floor((batches.length * (worker + 1)) / workers));
}

function runWorker(options: PoolOptions, worker: number, batches: readonly number[], board: Int32Array): Promise<void> {
  const { task, target } = options;
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL("./entry.mjs", import.meta.url), {
      workerData: { task, target, worker, batches, board },
    });
    let failure: unknown;
    let done = false;
    thread.on("message", (message: Message) => {
      if (message.kind === "retry") {
        options.onNote(`worker ${worker}: batch ${message.batch} again (${message.attempt}): ${message.reason}`);
      } else if (message.kind === "failed") failure = revived(message.error);
      else done = true;
    });
    thread.on("error", (error) => {
      failure = error;
    });
    thread.on("exit", (code) => {
      if (failure) reject(failure);
      else if (done) resolve();
      else reject(new Error(`worker ${worker} ended with code ${code} before its work did`));
    });
  });
}

function revived(data: unknown): Error {
  const parts = data as Error & { exitCode?: SentinelError["exitCode"]; remedy?: string; command?: string };
  if (parts.name === "SentinelError" && parts.exitCode !== undefined && parts.remedy !== undefined) {
    const { exitCode, message: cause, remedy, command } = parts;
    return new SentinelError({ exitCode, cause, remedy, ...(command === undefined ? {} : { command }) });
  }
  return Object.assign(new Error(parts.message), parts);
}
