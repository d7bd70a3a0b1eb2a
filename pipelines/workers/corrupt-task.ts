import { copyOut } from "../db/copy.ts";
import { batchChecksum, ledgerEntry } from "../db/ledger.ts";
import { bind, sql } from "../db/sql.ts";
import { type Fault, injector } from "../domain/faults.ts";
import { shardAt } from "../domain/shards.ts";
import type { Task } from "./protocol.ts";
import type { BatchTask } from "./tasks.ts";
import { telemetryReader } from "./telemetry.ts";

/** Injects the faults of one shard and enters each into the fault ledger. */
export function corruptTask(task: Extract<Task, { stage: "corrupt" }>, worker: number): BatchTask<void> {
  const { pass } = task;
  const inject = injector(task.profile, task.rate, task.seed);
  const read = telemetryReader(task.reported);
  return {
    prepare() {},
    async commit(client, batch) {
      const { buckets } = shardAt(batch, pass.batches);
      const faults: (Fault & { bucket: number; deviceId: string })[] = [];
      await client.query("BEGIN");
      await copyOut(client, bind(sql("corrupt.read"), { buckets, campaign: pass.campaignId }), (fields) => {
        const { bucket, deviceId, telemetry } = read(fields);
        const fault = inject(deviceId, telemetry);
        if (fault) faults.push({ ...fault, bucket, deviceId });
      });
      const column = <K extends keyof (typeof faults)[number]>(key: K) => faults.map((fault) => fault[key]);
      const where = [column("bucket"), column("deviceId"), column("field")];
      await client.query(sql("corrupt.apply"), [pass.campaignId, ...where, column("after")]);
      await client.query(sql("corrupt.record"), [
        ...[pass.campaignId, batch, ...where],
        ...[column("kind"), column("before"), column("after")],
      ]);
      const record = { batch, worker, rows: faults.length, checksum: batchChecksum(faults) };
      await client.query(`${ledgerEntry(pass, record)}; COMMIT`);
      return faults.length;
    },
  };
}
