import type pg from "pg";
import { EXIT, SentinelError } from "./cli/errors.ts";
import { count, printable, table } from "./cli/format.ts";
import type { Context } from "./context.ts";
import { type Campaign, campaignFor } from "./db/campaigns.ts";
import { type Target, withClient } from "./db/connect.ts";
import { sql } from "./db/sql.ts";
import { bucketOf } from "./domain/bucket.ts";

const SHOWN = 50;
const EVERYTHING = 2_147_483_647;

/** The triage queue, to look at: `list` (as no word at all), `show ID`, `stats`. */
export async function triage(context: Context, target: Target): Promise<void> {
  const [what = "list", id] = context.words;
  await withClient(target, async (client) => {
    const campaign = await campaignFor(client, context.options.campaign);
    if (what === "list") await list(context, client, campaign);
    else if (what === "stats") await stats(context, client, campaign);
    else if (what === "show" && id !== undefined) await show(context, client, campaign, id);
    else {
      throw new SentinelError({
        exitCode: EXIT.usage,
        cause: what === "show" ? "show needs the id of a device." : `There is no "triage ${what}".`,
        remedy: "Use list, stats, or show DEVICE.",
        command: "npm run triage -- list",
      });
    }
  });
}

async function list({ reporter, options }: Context, client: pg.Client, campaign: Campaign): Promise<void> {
  const limit = options.json ? EVERYTHING : SHOWN;
  const { rows } = await client.query<Record<string, unknown>>(sql("triage.open"), [campaign.campaign_id, limit]);
  for (const row of rows) reporter.event({ event: "triage", ...row });
  if (rows.length === 0) return reporter.result(`Nothing waits for a person in campaign ${campaign.name}.`);
  const cells = rows.map((row) => [
    ...[printable(String(row.device_id)), printable(String(row.region ?? "")), String(row.rule), String(row.field)],
    shown(row.raw),
  ]);
  reporter.result(table(["device", "region", "rule", "field", "as received"], cells));
  const total = (await byRule(client, campaign)).reduce((sum, { devices }) => sum + devices, 0);
  if (total > SHOWN) reporter.result(`${count(SHOWN)} of ${count(total)}; all of them: npm run triage -- list --json`);
}

async function stats({ reporter }: Context, client: pg.Client, campaign: Campaign): Promise<void> {
  const rows = await byRule(client, campaign);
  for (const row of rows) reporter.event({ event: "triage_rule", ...row });
  if (rows.length === 0) return reporter.result(`Nothing waits for a person in campaign ${campaign.name}.`);
  reporter.result(
    table(
      ["rule", "field", "devices"],
      rows.map((row) => [row.rule, row.field, count(row.devices)]),
    ),
  );
}

async function show({ reporter }: Context, client: pg.Client, campaign: Campaign, id: string): Promise<void> {
  const key = [campaign.campaign_id, bucketOf(id), id];
  const { rows } = await client.query<Record<string, unknown>>(sql("triage.device"), key);
  const row = rows[0];
  if (!row) {
    throw new SentinelError({
      exitCode: EXIT.usage,
      cause: `Device ${JSON.stringify(id)} is not in the triage queue of campaign ${campaign.name}.`,
      remedy: "See which are:",
      command: "npm run triage -- list",
    });
  }
  reporter.event({ event: "triage", ...row });
  reporter.result(
    table(
      ["column", "value"],
      Object.entries(row).map(([name, value]) => [name, shown(value)]),
    ),
  );
}

async function byRule(client: pg.Client, { campaign_id }: Campaign) {
  return (await client.query<{ rule: string; field: string; devices: number }>(sql("triage.by_rule"), [campaign_id]))
    .rows;
}

/** A value that a hostile device may have sent: control characters must not reach the terminal. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return "(none)";
  const text =
    value instanceof Date ? value.toISOString() : typeof value === "object" ? JSON.stringify(value) : String(value);
  return printable(text).slice(0, 80);
}
