import type pg from "pg";
import type { Context } from "../context.ts";
import { type Campaign, campaignFor } from "../db/campaigns.ts";
import { type Target, withClient } from "../db/connect.ts";
import { refuseOtherSchema } from "../db/migrate.ts";
import { sql } from "../db/sql.ts";

/** Reads the campaign that was asked for, all as it is at one moment; others may write meanwhile. */
export function atOneMoment<T>(
  { options, signal }: Context,
  target: Target,
  work: (client: pg.Client, campaign: Campaign) => Promise<T>,
): Promise<T> {
  return withClient(target, async (client) => {
    const stop = (): void => void client.end().catch(() => {});
    signal.addEventListener("abort", stop);
    try {
      signal.throwIfAborted();
      await client.query(sql("archive.begin"));
      await refuseOtherSchema(client);
      const result = await work(client, await campaignFor(client, options.campaign));
      await client.query("COMMIT");
      return result;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  });
}
