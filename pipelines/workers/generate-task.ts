import { EXIT, SentinelError } from "../cli/errors.ts";
import { refusedAmong } from "../db/bisect.ts";
import { copyIn } from "../db/copy-in.ts";
import { linesOf } from "../db/copy-lines.ts";
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
  const commit: BatchTask<EncodedBatch>["commit"] = async ({ put }, batch, { lines, rows, checksum }) => {
    await put([{ into, lines }], ledgerEntry(pass, { batch, worker, rows, checksum }));
    return rows;
  };
  return {
    inFlight,
    prepare: (batch) => encode(batch * batchSize, Math.min(deviceCount, (batch + 1) * batchSize)),
    commit,
    async sift(link, batch, prepared) {
      const { client } = link;
      const [refused] = await refusedAmong(client, linesOf(prepared.lines), (part) =>
        copyIn(client, [{ into, lines: Buffer.concat(part) }]),
      );
      if (refused) throw indispensable(String(refused.item).split("\t")[DEVICE_ID] ?? "", refused.reason);
      return { rows: await commit(link, batch, prepared), instead: "", refused: [] };
    },
  };
}

/** Place of the device's id in a line of `generate.store`. */
const DEVICE_ID = 5;

function indispensable(deviceId: string, reason: string): SentinelError {
  return new SentinelError({
    exitCode: EXIT.resumable,
    cause: `The server refuses the generated report of device ${deviceId}: ${reason}.`,
    remedy:
      "Without it the fleet would not be what its seed makes. Take away the trigger, constraint or setting of that database which forbids it; committed batches are safe. Then continue:",
    command: "npm run generate -- --resume",
  });
}
