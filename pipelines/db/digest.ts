import { createHash } from "node:crypto";
import type pg from "pg";
import { sql } from "./sql.ts";

/**
 * What a campaign logically is, as 64 hexadecimal digits: reports, faults, decisions and triage, whatever their order. Who
 * did it when, in which batch and by which worker, is no part of it.
 */
export async function campaignDigest(client: pg.ClientBase, campaignId: number): Promise<string> {
  const { rows } = await client.query<{ part: string; rows: string; sum: string }>(sql("digest.tables"), [campaignId]);
  return createHash("sha256")
    .update(rows.map(({ part, rows: count, sum }) => `${part} ${count} ${sum}\n`).join(""))
    .digest("hex");
}
