import { count, percent, printable, table } from "./cli/format.ts";
import type { Context } from "./context.ts";
import { chaosFor } from "./corrupt.ts";
import { campaignFor, findCampaign } from "./db/campaigns.ts";
import { type Target, withClient } from "./db/connect.ts";
import { isComplete, lastPass } from "./db/ledger.ts";
import { isMigrated } from "./db/migrate.ts";
import { withRules } from "./db/rule-views.ts";
import { sql } from "./db/sql.ts";
import { generatedFleet } from "./generate.ts";
import { importedName, unknownWords, withImport } from "./import/stage.ts";

type Preview = (context: Context, client: Parameters<typeof findCampaign>[0]) => Promise<string>;

/** What a stage would do, said without doing it: nothing is written, not even the schema. */
export async function dryRun(context: Context, target: Target, stage: keyof typeof PREVIEWS): Promise<void> {
  const text = await withClient(target, (client) => PREVIEWS[stage](context, client));
  context.reporter.event({ event: "dry_run", stage, text });
  context.reporter.result(`${text}\nNothing was changed.`);
}

const PREVIEWS = { generate, corrupt, recover } satisfies Record<string, Preview>;

async function generate(...[context, client]: Parameters<Preview>): Promise<string> {
  const { options } = context;
  if (options.from === undefined) return storing(context, client, generatedFleet(options));
  const { lines, ...fleet } = await fileFleet(context);
  return [...lines, await storing(context, client, fleet)].join("\n");
}

async function storing(
  { options }: Context,
  client: Parameters<Preview>[1],
  { name, devices, refused = 0 }: { name: string; devices: number; refused?: number },
): Promise<string> {
  const found = (await isMigrated(client)) ? await findCampaign(client, name) : undefined;
  const before = found ? ((await lastPass(client, found.campaign_id, "generate"))?.rows ?? 0) : 0;
  const what = `store ${count(devices - (options.replace ? 0 : before))} devices in campaign ${name}`;
  const beside = refused > 0 ? ` and refuse ${count(refused)} rows` : "";
  if (!found) return `It would make campaign ${name}, ${what}${beside}.`;
  if (options.replace)
    return `It would delete campaign ${name} and its ${count(before)} devices, then ${what}${beside}.`;
  return before === devices ? `Campaign ${name} has all of its ${count(devices)} devices.` : `It would ${what}.`;
}

function fileFleet(context: Context) {
  return withImport(context, async (file) => ({
    name: context.options.campaign ?? importedName(file),
    devices: file.devices,
    refused: file.rejects.length,
    lines: [
      ...file.notes.map((note) => printable(`${file.name}: ${note}`)),
      ...(file.guess === undefined ? [] : [`The map, to be changed and given with --map: ${printable(file.guess)}`]),
      ...unknownWords(file),
    ],
  }));
}

async function corrupt(...[context, client]: Parameters<Preview>): Promise<string> {
  const campaign = await campaignFor(client, context.options.campaign);
  const last = await lastPass(client, campaign.campaign_id, "corrupt");
  if (context.options.undo) return `It would take ${count(last?.rows ?? 0)} faults back in campaign ${campaign.name}.`;
  const { rate, profile, seed } = chaosFor(context, campaign);
  if (last && isComplete(last)) return `Campaign ${campaign.name} has its ${count(last.rows)} faults.`;
  const expected = count(Math.round(rate * campaign.device_count));
  return `It would corrupt about ${expected} devices, ${percent(rate, 2)} of campaign ${campaign.name}, by profile ${profile.name} and seed ${seed}.`;
}

async function recover(...[context, client]: Parameters<Preview>): Promise<string> {
  const { options, reference } = context;
  const campaign = await campaignFor(client, options.campaign);
  const policy = reference.policy(options.policy ?? "default");
  const text = withRules(sql("preview.decisions"), reference.rules(), policy);
  const { rows } = await client.query<{ action: string; fate: string; rule: string; devices: number }>(text, [
    campaign.campaign_id,
  ]);
  for (const row of rows) context.reporter.event({ event: "dry_run_decision", ...row });
  if (rows.length === 0) return `Nothing is left to decide in campaign ${campaign.name}.`;
  const cells = rows.map(({ action, fate, rule, devices }) => [action, FATE_WORDS[fate] ?? fate, rule, count(devices)]);
  const total = count(rows.reduce((sum, { devices }) => sum + devices, 0));
  return `${table(["action", "that is", "rule", "devices"], cells)}\nIt would decide ${total} Partial devices of campaign ${campaign.name} by policy ${policy.name}.`;
}

/** What becomes of a device, in words for people. */
const FATE_WORDS: Readonly<Record<string, string>> = {
  retry: "retried at once",
  defer: "retried later",
  rollback: "rolled back",
  never: "rolled back for good",
  hold: "held for a person",
};
