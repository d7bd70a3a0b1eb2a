import type pg from "pg";
import { commandLine } from "./cli/again.ts";
import { EXIT, SentinelError } from "./cli/errors.ts";
import type { Context } from "./context.ts";
import type { Campaign } from "./db/campaigns.ts";
import { sql } from "./db/sql.ts";
import type { RuleSet } from "./domain/rules.ts";
import { databaseOf, sourceOf } from "./stored-fleet.ts";

type Asking = Pick<Context, "options" | "reference">;

/**
 * The rules that recovery is to judge a campaign by: those that were asked for, else its own. Nothing is stored.
 * @throws SentinelError exit 2, where there are no such rules, or what was made of the campaign rests on others.
 */
export async function rulesFor(
  { options, reference }: Asking,
  client: pg.ClientBase,
  campaign: Campaign,
): Promise<{ readonly name: string; readonly rules: RuleSet }> {
  const name = options.rules ?? campaign.rules;
  const rules = reference.rules(name);
  if (name !== campaign.rules && (await isJudged(client, campaign))) throw judgedByOthers(options, campaign, name);
  return { name, rules };
}

/** The same for a recovery that begins: the campaign keeps them. */
export async function settleRules(run: Asking & { readonly client: pg.ClientBase }, campaign: Campaign) {
  const { name, rules } = await rulesFor(run, run.client, campaign);
  if (name !== campaign.rules) await run.client.query(sql("campaign.set_rules"), [campaign.campaign_id, name]);
  return { campaign: { ...campaign, rules: name }, rules };
}

async function isJudged(client: pg.ClientBase, { campaign_id: id }: Campaign): Promise<boolean> {
  const { rows } = await client.query<{ is_judged: boolean }>(sql("campaign.is_judged"), [id]);
  return rows[0]?.is_judged ?? false;
}

function judgedByOthers(options: Asking["options"], campaign: Campaign, name: string): SentinelError {
  return new SentinelError({
    exitCode: EXIT.usage,
    cause: `Campaign ${campaign.name} was recovered with rules ${campaign.rules}, so it can't be with rules ${name}.`,
    remedy: `Leave --rules out to go on with ${campaign.rules}, or take the fleet through once more beside it:`,
    command: commandLine("pipeline", {
      ...sourceOf(campaign),
      ...(campaign.fault_profile === null || campaign.fault_profile === "default"
        ? {}
        : { profile: campaign.fault_profile }),
      rules: name,
      campaign: `${campaign.name}-${name}`,
      ...databaseOf(options),
    }),
  });
}
