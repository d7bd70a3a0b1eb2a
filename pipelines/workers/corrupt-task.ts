import type pg from "pg";
import { refusedAmong } from "../db/bisect.ts";
import { strikeOf } from "../db/faults.ts";
import { ledgerEntry } from "../db/ledger.ts";
import { sql } from "../db/sql.ts";
import { Checksum } from "../domain/checksum.ts";
import { shardAt } from "../domain/shards.ts";
import type { Task } from "./protocol.ts";
import type { BatchTask } from "./tasks.ts";
import { type Place, type Struck, victims } from "./victims.ts";

type CorruptTask = Extract<Task, { stage: "corrupt" }>;
/** Undefined where the server has to be asked for the devices. */
type Prepared = readonly Place[] | undefined;

/**
 * Injects the faults of one shard and enters each into the fault ledger. Who can be struck follows from the id alone, so that the server is
 * asked for those devices and no others.
 */
export function corruptTask(task: CorruptTask, worker: number): BatchTask<Prepared> {
  const { pass } = task;
  const { known, struckAmong } = victims(task, pass.campaignId);
  const bucketsOf = (batch: number): readonly number[] => shardAt(batch, pass.batches).buckets;

  async function commitStruck(client: pg.ClientBase, batch: number, struck: readonly Struck[]): Promise<number> {
    await client.query(sql("corrupt.begin"));
    const ids = await strike(client, batch, struck);
    const checksum = new Checksum();
    for (const id of ids) checksum.addText(id, 0);
    const record = { batch, worker, rows: ids.length, checksum: String(checksum) };
    await client.query(`${ledgerEntry(pass, record)}; COMMIT`);
    return ids.length;
  }

  return {
    prepare: (batch) => known(bucketsOf(batch)),
    async commit({ client }, batch, prepared) {
      return commitStruck(client, batch, await struckAmong(client, bucketsOf(batch), { places: prepared }));
    },
    async sift({ client }, batch, prepared) {
      const struck = await struckAmong(client, bucketsOf(batch), { places: prepared });
      const refused = await refusedAmong(client, struck, (part) => strike(client, batch, part));
      const without = new Set(refused.map(({ item }) => item));
      return {
        rows: await commitStruck(
          client,
          batch,
          struck.filter((device) => !without.has(device)),
        ),
        instead: "faults were not injected, since the server refuses them",
        refused: refused.map(({ item, reason }) => {
          return `${item.deviceId}, ${item.faults.map(({ field }) => field).join(", ")}: ${reason}`;
        }),
      };
    },
  };

  /** Injects faults and enters them, in the transaction that is open. Returns the device of each. */
  function strike(client: pg.ClientBase, batch: number, struck: readonly Struck[]): Promise<string[]> {
    return strikeOf(client, { campaign: pass.campaignId, batch, buckets: bucketsOf(batch) }, struck);
  }
}
