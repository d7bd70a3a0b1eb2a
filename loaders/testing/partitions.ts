import type pg from "pg";
import { bind, sql } from "../../pipelines/db/sql.ts";

/** Makes the partitions of a campaign, without their keys, as generate does. */
export async function createPartitions(client: pg.ClientBase, campaign: number): Promise<void> {
  await client.query(bind(sql("partition.create"), { campaign }));
}

/** Makes a campaign the one that ota_logs shows. */
export async function makeCurrent(client: pg.ClientBase, campaign: number): Promise<void> {
  await client.query(bind(sql("campaign.make_current"), { campaign }));
}

/** Gives reports and decisions their keys, as they get them once all of them are stored. */
export async function keyPartitions(client: pg.ClientBase, campaign: number): Promise<void> {
  await client.query(bind(sql("partition.key_report"), { campaign }));
  await client.query(bind(sql("partition.key_decision"), { campaign }));
}
