import type pg from "pg";
import { sql } from "../db/sql.ts";
import type { Proposed } from "../domain/propose.ts";
import { shardAt } from "../domain/shards.ts";
import type { Task } from "./protocol.ts";

/** A device that rules repaired by themselves. It comes into the queue as one that is decided already. */
export interface Repaired {
  readonly bucket: number;
  readonly deviceId: string;
  readonly proposed: readonly Proposed[];
}

/** Enters such repairs into the audit, behind the places of their devices, in the transaction that is open. */
export async function amendByRule(
  client: pg.ClientBase,
  { pass, rules }: Extract<Task, { stage: "recover" }>,
  batch: number,
  repaired: readonly Repaired[],
): Promise<void> {
  if (repaired.length === 0) return;
  const said = repaired.map(({ proposed }) => JSON.stringify(proposed.map(({ field, to }) => ({ field, value: to }))));
  const { rows } = await client.query<{ devices: number }>(sql("recover.amend_by_rule"), [
    ...[pass.campaignId, shardAt(batch, pass.batches).buckets, repaired.map(({ bucket }) => bucket)],
    ...[repaired.map(({ deviceId }) => deviceId), said],
    `repaired by rules ${rules.name} version ${rules.version}, as they say ("auto": true)`,
  ]);
  if (rows[0]?.devices !== repaired.length) throw new Error("a repaired device has no place in the triage queue");
}
