import type { Committer } from "../db/commit.ts";
import { corruptTask } from "./corrupt-task.ts";
import { generateTask } from "./generate-task.ts";
import type { Task } from "./protocol.ts";
import { recoverTask } from "./recover-task.ts";

/** One kind of batch: what can be made without the server, then one transaction. */
export interface BatchTask<Prepared> extends Committer<Prepared> {
  /** How many batches may be under way at once; one, where a batch asks the server for anything. */
  readonly inFlight?: number;
  /** While a batch is under way. What takes long for more than one answer of the server lets go of the thread now and then. */
  prepare(batch: number): Prepared | Promise<Prepared>;
}

export function batchTask(task: Task, worker: number): BatchTask<unknown> {
  switch (task.stage) {
    case "generate":
      return generateTask(task, worker) as BatchTask<unknown>;
    case "corrupt":
      return corruptTask(task, worker) as BatchTask<unknown>;
    case "recover":
      return recoverTask(task, worker) as BatchTask<unknown>;
  }
}
