import { type EncodedBatch, encodeReports, storeReports } from "../db/reports.ts";
import { fleet } from "../domain/fleet.ts";
import type { Task } from "./protocol.ts";
import type { BatchTask } from "./tasks.ts";

/** Makes the reports of one range of indexes and stores them. */
export function generateTask(task: Extract<Task, { stage: "generate" }>, worker: number): BatchTask<EncodedBatch> {
  const { pass, batchSize, deviceCount } = task;
  const reportAt = fleet(task.fleet, deviceCount, task.seed);
  return {
    prepare(batch) {
      const from = batch * batchSize;
      const length = Math.min(batchSize, deviceCount - from);
      return encodeReports(
        Array.from({ length }, (_, at) => reportAt(from + at)),
        pass.campaignId,
        batch,
      );
    },
    async commit(client, batch, encoded) {
      await storeReports(client, pass, worker, batch, encoded);
      return encoded.rows;
    },
  };
}
