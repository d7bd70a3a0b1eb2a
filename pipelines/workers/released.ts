import type pg from "pg";
import { readCopyField } from "../db/copy.ts";
import { copyOut } from "../db/copy-out.ts";
import { bind, sql } from "../db/sql.ts";
import { type Amendment, NO_AMENDMENT } from "../domain/amend.ts";
import { shardAt } from "../domain/shards.ts";
import type { Task } from "./protocol.ts";

/** A device that was released and is still sick: its place in the queue is opened again. */
export interface Return {
  readonly bucket: number;
  readonly deviceId: string;
  /** First rule that it breaks, and the field that does. */
  readonly rule: string;
  readonly field: string;
  /** All findings, as JSON. */
  readonly findings: string;
}

/** The devices of a shard that a person released, by their numbers as text, with what was said of their telemetry. */
export async function releasedAmong(
  client: pg.ClientBase,
  shard: { readonly campaign: number; readonly buckets: readonly number[] },
): Promise<ReadonlyMap<string, Amendment>> {
  const released = new Map<string, Amendment>();
  await copyOut(client, bind(sql("recover.released"), shard), (bytes, from, to) => {
    const [deviceNo = "", ...fields] = bytes.toString("utf8", from, to).split("\t");
    const [field, value, rule] = fields.map(readCopyField) as [string | null, string | null, string | null];
    const { values, waived } = released.get(deviceNo) ?? NO_AMENDMENT;
    released.set(deviceNo, {
      values: field !== null && value !== null ? new Map([...values, [field, value]]) : values,
      waived: field !== null && rule !== null ? new Map([...waived, [field, rule]]) : waived,
    });
  });
  return released;
}

/** Opens the places of devices again, in the transaction that is open. */
export async function quarantineAgain(
  client: pg.ClientBase,
  { pass, rules }: Extract<Task, { stage: "recover" }>,
  { batch, worker }: { readonly batch: number; readonly worker: number },
  returns: readonly Return[],
): Promise<void> {
  if (returns.length === 0) return;
  const column = <K extends keyof Return>(key: K) => returns.map((one) => one[key]);
  const { rows } = await client.query<{ devices: number }>(sql("recover.quarantine_again"), [
    ...[pass.campaignId, shardAt(batch, pass.batches).buckets, column("bucket"), column("deviceId"), column("rule")],
    ...[rules.version, column("field"), column("findings"), pass.pass, batch, worker],
  ]);
  if (rows[0]?.devices !== returns.length) throw new Error("a released device has no place in the triage queue");
}
