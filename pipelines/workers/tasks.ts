import type { Link } from "../db/session.ts";
import { corruptTask } from "./corrupt-task.ts";
import { generateTask } from "./generate-task.ts";
import type { Task } from "./protocol.ts";
import { recoverTask } from "./recover-task.ts";

/** One kind of batch: what can be made without the server, then one transaction. */
export interface BatchTask<Prepared> {
  /** How many batches may be under way at once; one, where a batch asks the server for anything. */
  readonly inFlight?: number;
  prepare(batch: number): Prepared;
  /** Commits the batch with its ledger row and returns how many rows it has. */
  commit(link: Link, batch: number, prepared: Prepared): Promise<number>;
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
