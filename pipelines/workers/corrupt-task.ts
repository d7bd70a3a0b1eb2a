import type pg from "pg";
import { refusedAmong } from "../db/bisect.ts";
import { readCopyField } from "../db/copy.ts";
import { copyOut } from "../db/copy-out.ts";
import { ledgerEntry } from "../db/ledger.ts";
import { bind, sql } from "../db/sql.ts";
import { bucketStart, deviceNumber, idOf } from "../domain/bucket.ts";
import { Checksum } from "../domain/checksum.ts";
import { type Fault, idHasher, injector } from "../domain/faults.ts";
import { seed32 } from "../domain/random.ts";
import { shardAt } from "../domain/shards.ts";
import type { Task } from "./protocol.ts";
import type { BatchTask } from "./tasks.ts";

type CorruptTask = Extract<Task, { stage: "corrupt" }>;
type Chosen = Fault & { readonly bucket: number; readonly deviceId: string };
/** Undefined where the server has to be asked for the devices. */
type Prepared = readonly Chosen[] | undefined;

/**
 * Injects the faults of one shard and enters each into the fault ledger. Who is struck follows from the id alone, so that the server is
 * asked for those devices and no others.
 */
export function corruptTask(task: CorruptTask, worker: number): BatchTask<Prepared> {
  const { pass, generated } = task;
  const inject = injector(task.profile, task.rate, task.seed, task.reported);
  const hash = idHasher(task.seed);
  const commit: BatchTask<Prepared>["commit"] = async ({ client }, batch, prepared) => {
    const chosen = prepared ?? (await chosenAmong(client, bucketsOf(batch)));
    await client.query(sql("corrupt.begin"));
    const struck = await strike(client, batch, chosen);
    const checksum = new Checksum();
    for (const id of struck) checksum.addText(id, 0);
    const record = { batch, worker, rows: struck.length, checksum: String(checksum) };
    await client.query(`${ledgerEntry(pass, record)}; COMMIT`);
    return struck.length;
  };
  return {
    prepare: (batch) => generated && chosenOf(generated, bucketsOf(batch)),
    commit,
    async sift(link, batch, prepared) {
      const chosen = prepared ?? (await chosenAmong(link.client, bucketsOf(batch)));
      const refused = await refusedAmong(link.client, chosen, (part) => strike(link.client, batch, part));
      const without = new Set(refused.map(({ item }) => item));
      const left = chosen.filter((fault) => !without.has(fault));
      return {
        rows: await commit(link, batch, left),
        instead: "faults were not injected, since the server refuses them",
        refused: refused.map(({ item, reason }) => `${item.deviceId}, ${item.field}: ${reason}`),
      };
    },
  };

  function bucketsOf(batch: number): readonly number[] {
    return shardAt(batch, pass.batches).buckets;
  }

  /** Injects faults and enters them, in the transaction that is open. Returns the devices. */
  async function strike(client: pg.ClientBase, batch: number, chosen: readonly Chosen[]): Promise<string[]> {
    const buckets = bucketsOf(batch);
    const column = <K extends keyof Chosen>(key: K) => chosen.map((fault) => fault[key]);
    const faults = [column("bucket"), column("deviceId"), column("field"), column("after")];
    const { rows } = await client.query<{ device_id: string }>(sql("corrupt.record"), [
      ...[pass.campaignId, batch, ...faults, column("kind"), buckets],
    ]);
    await client.query(sql("corrupt.apply"), [pass.campaignId, ...faults, buckets]);
    return rows.map(({ device_id }) => device_id);
  }

  function chosenOf({ devices, seed }: NonNullable<CorruptTask["generated"]>, buckets: readonly number[]): Chosen[] {
    const key = seed32(seed);
    const chosen: Chosen[] = [];
    for (const bucket of buckets) {
      const length = bucketStart(bucket + 1, devices) - bucketStart(bucket, devices);
      for (let nth = 0; nth < length; nth++) {
        const number = deviceNumber(bucket, nth, key);
        const fault = inject(hash.ofNumber(number));
        if (fault) chosen.push({ ...fault, bucket, deviceId: idOf(number) });
      }
    }
    return chosen;
  }

  async function chosenAmong(client: pg.ClientBase, buckets: readonly number[]): Promise<Chosen[]> {
    const chosen: Chosen[] = [];
    await copyOut(client, bind(sql("corrupt.ids"), { buckets, campaign: pass.campaignId }), (bytes, from, to) => {
      const [bucket = "", id = ""] = bytes.toString("utf8", from, to).split("\t");
      const deviceId = readCopyField(id) ?? "";
      const fault = inject(hash.ofText(deviceId));
      if (fault) chosen.push({ ...fault, bucket: Number(bucket), deviceId });
    });
    return chosen;
  }
}
