import { Worker } from "node:worker_threads";
import { SentinelError } from "../cli/errors.ts";
import type { Target } from "../db/connect.ts";
import { type Post, sharedOut } from "./posts.ts";
import { type Assignment, Board, type Message, type Order, type Task } from "./protocol.ts";

/** How far each worker has come. */
export interface Lane {
  readonly batches: number;
  readonly rows: number;
}

export interface PoolWork {
  readonly task: Task;
  /** The batches that are still to be done, by where. */
  readonly posts: readonly Post[];
  /** Raised: each worker ends with the batch that it is at. */
  readonly signal: AbortSignal;
  readonly onProgress: (lanes: readonly Lane[]) => void;
  readonly onNote: (line: string) => void;
}

const POLL_MS = 100;

/** Worker threads, each with a connection of its own, that outlive a stage: starting one costs more than a small stage does. */
export class WorkerPool {
  readonly #threads: readonly Thread[];

  /** Starts the threads; they load while the caller opens the database. */
  constructor(workers: number) {
    this.#threads = Array.from({ length: workers }, (_, worker) => new Thread(worker));
  }

  get size(): number {
    return this.#threads.length;
  }

  /** Has the threads open their sessions, before it is known what they have to do and whether they may act as a role there. */
  meet(target: Target): void {
    for (const thread of this.#threads) thread.tell({ kind: "meet", target });
  }

  /**
   * Shares the batches out among the workers and waits for all of them; `onProgress` hears last how far they came. The first failure stops the others after their batch,
   * and is thrown.
   */
  async run(work: PoolWork): Promise<void> {
    const { task, posts, signal } = work;
    const batches = posts.reduce((sum, post) => sum + post.batches.length, 0);
    const threads = this.#threads.slice(0, batches);
    const shares = sharedOut(posts, threads.length);
    const board = new Int32Array(new SharedArrayBuffer(Board.size(threads.length) * Int32Array.BYTES_PER_ELEMENT));
    const stop = (): void => {
      Atomics.store(board, Board.stop, 1);
    };
    const lanes = (): Lane[] =>
      threads.map((_, worker) => ({
        batches: Atomics.load(board, Board.batches(worker)),
        rows: Atomics.load(board, Board.rows(worker)),
      }));
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    const timer = setInterval(() => work.onProgress(lanes()), POLL_MS);
    try {
      const runs = threads.map((thread, worker) => {
        const assignment = { task, posts: shares[worker] ?? [], worker, board };
        return thread.run(assignment, work.onNote).catch((error) => {
          stop();
          throw error;
        });
      });
      const failure = (await Promise.allSettled(runs)).find((end) => end.status === "rejected");
      if (failure) throw failure.reason;
    } finally {
      clearInterval(timer);
      signal.removeEventListener("abort", stop);
      work.onProgress(lanes());
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}

/** One thread and what it is at. */
class Thread {
  readonly #worker: Worker;
  readonly #no: number;
  #pending: { resolve: () => void; reject: (error: unknown) => void; onNote: (line: string) => void } | undefined;
  #dead: unknown;

  constructor(no: number) {
    this.#no = no;
    // By the name of the command a thread finds what V8 made for it before: ../warm.cjs.
    this.#worker = new Worker(new URL("./entry.mjs", import.meta.url), { argv: process.argv.slice(2, 3) });
    this.#worker.unref();
    this.#worker.on("message", (message: Message) => this.#hear(message));
    this.#worker.on("error", (error) => this.#die(error));
    this.#worker.on("exit", (code) => this.#die(new Error(`worker ${no} ended with code ${code} before its work did`)));
  }

  tell(order: Order): void {
    this.#worker.postMessage(order);
  }

  run(assignment: Assignment, onNote: (line: string) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#dead) return reject(this.#dead);
      this.#pending = { resolve, reject, onNote };
      this.tell({ kind: "work", assignment });
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #hear(message: Message): void {
    const pending = this.#pending;
    if (message.kind === "note") {
      pending?.onNote(`worker ${this.#no}: ${message.line}`);
      return;
    }
    this.#pending = undefined;
    if (message.kind === "done") pending?.resolve();
    else pending?.reject(revived(message.error));
  }

  #die(error: unknown): void {
    this.#dead ??= error;
    this.#pending?.reject(this.#dead);
    this.#pending = undefined;
  }
}

function revived(data: unknown): Error {
  const parts = data as Error & { exitCode?: SentinelError["exitCode"]; remedy?: string; command?: string };
  if (parts.name === "SentinelError" && parts.exitCode !== undefined && parts.remedy !== undefined) {
    const { exitCode, message: cause, remedy, command } = parts;
    return new SentinelError({ exitCode, cause, remedy, ...(command === undefined ? {} : { command }) });
  }
  return Object.assign(new Error(parts.message), parts);
}
