import type pg from "pg";
import { bind, sql } from "./sql.ts";

/** Makes the partitions of a campaign, without keys: loading goes three times as fast, and the ledger keeps batches from coming twice. */
export async function createPartitions(client: pg.ClientBase, campaignId: number): Promise<void> {
  await client.query(bind(sql("partition.create"), { campaign: campaignId }));
}

/** Drops the partitions of a campaign with all that they hold. */
export async function dropPartitions(client: pg.ClientBase, campaignId: number): Promise<void> {
  await client.query(bind(sql("partition.drop"), { campaign: campaignId }));
}

/** Whether the reports of a campaign have their key: they get it once all of them are stored. */
export function reportsAreKeyed(client: pg.ClientBase, campaignId: number): Promise<boolean> {
  return isKeyed(client, `stored_report_${campaignId}`);
}

/**
 * Gives the reports of a campaign their key, which no two devices can share, where they don't have it yet.
 * @param onBuild is told before a key is built, which takes its time.
 * @returns whether one was.
 */
export async function keyReports(client: pg.ClientBase, campaignId: number, onBuild = () => {}): Promise<boolean> {
  if (await reportsAreKeyed(client, campaignId)) return false;
  onBuild();
  await client.query(bind(sql("partition.key_reports"), { campaign: campaignId }));
  return true;
}

/** Gives the decisions of a campaign their key, by which a device is decided once, where they don't have it yet. */
export async function keyDecisions(client: pg.ClientBase, campaignId: number): Promise<void> {
  if (await isKeyed(client, `decision_${campaignId}`)) return;
  await client.query(bind(sql("partition.key_decisions"), { campaign: campaignId }));
}

async function isKeyed(client: pg.ClientBase, table: string): Promise<boolean> {
  const { rows } = await client.query<{ keyed: boolean }>(sql("partition.is_keyed"), [table]);
  return rows[0]?.keyed ?? false;
}
