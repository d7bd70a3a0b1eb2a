import { type EncodedBatch, fleetLines } from "../db/fleet-lines.ts";
import { ledgerEntry } from "../db/ledger.ts";
import { bind, sql } from "../db/sql.ts";
import type { Task } from "./protocol.ts";
import type { BatchTask } from "./tasks.ts";

/** Makes the reports of one range of indexes and stores them. */
export function generateTask(task: Extract<Task, { stage: "generate" }>, worker: number): BatchTask<EncodedBatch> {
  const { pass, batchSize, deviceCount, seed, inFlight } = task;
  const encode = fleetLines({ spec: task.fleet, devices: deviceCount, seed, campaignId: pass.campaignId });
  const into = bind(sql("generate.store"), { campaign: pass.campaignId });
  return {
    inFlight,
    prepare: (batch) => encode(batch * batchSize, Math.min(deviceCount, (batch + 1) * batchSize)),
    async commit({ put }, batch, { lines, rows, checksum }) {
      await put([{ into, lines }], ledgerEntry(pass, { batch, worker, rows, checksum }));
      return rows;
    },
  };
}
