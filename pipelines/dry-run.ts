import { rulesFor } from "./campaign-rules.ts";
import { count, printable, table } from "./cli/format.ts";
import type { Context } from "./context.ts";
import { previewChaos } from "./corrupt-preview.ts";
import { campaignFor, findCampaign } from "./db/campaigns.ts";
import { type Target, withClient } from "./db/connect.ts";
import { lastPass } from "./db/ledger.ts";
import { isMigrated, refuseOtherSchema } from "./db/migrate.ts";
import { withRules } from "./db/rule-views.ts";
import { sql } from "./db/sql.ts";
import { generatedFleet } from "./generate.ts";
import { importedName, unknownWords, withImport } from "./import/stage.ts";

type Preview = (context: Context, client: Parameters<typeof findCampaign>[0]) => Promise<string>;

/** What a stage would do, said without doing it: nothing is written, not even the schema. */
export async function dryRun(context: Context, target: Target, stage: keyof typeof PREVIEWS): Promise<void> {
  const text = await withClient(target, async (client) => {
    await refuseOtherSchema(client);
    return PREVIEWS[stage](context, client);
  });
  context.reporter.event({ event: "dry_run", stage, text });
  context.reporter.result(`${text}\nNothing was changed.`);
}

const PREVIEWS = { generate, corrupt: previewChaos, recover } satisfies Record<string, Preview>;

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

async function recover(...[context, client]: Parameters<Preview>): Promise<string> {
  const { options, reference } = context;
  const campaign = await campaignFor(client, options.campaign);
  const policy = reference.policy(options.policy ?? "default");
  const { name, rules } = await rulesFor(context, client, campaign);
  const text = withRules(sql("preview.decisions"), rules, campaign.reported_columns, policy);
  const { rows } = await client.query<{
    action: string;
    fate: string;
    rule: string;
    devices: number;
    repaired: number;
  }>(text, [campaign.campaign_id]);
  for (const row of rows) context.reporter.event({ event: "dry_run_decision", ...row });
  if (rows.length === 0) return `Nothing is left to decide in campaign ${campaign.name}.`;
  const cells = rows.map(({ action, fate, rule, devices }) => [action, FATE_WORDS[fate] ?? fate, rule, count(devices)]);
  const total = count(rows.reduce((sum, { devices }) => sum + devices, 0));
  const repaired = rows.reduce((sum, row) => sum + row.repaired, 0);
  const alone = repaired > 0 ? ` The rules would repair ${count(repaired)} of them by themselves.` : "";
  return `${table(["action", "that is", "rule", "devices"], cells)}\nIt would decide ${total} Partial devices of campaign ${campaign.name} by policy ${policy.name} and rules ${name}.${alone}`;
}

/** What becomes of a device, in words for people. */
const FATE_WORDS: Readonly<Record<string, string>> = {
  retry: "retried at once",
  defer: "retried later",
  rollback: "rolled back",
  never: "rolled back for good",
  hold: "held for a person",
};
