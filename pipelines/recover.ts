import { passFor, runBatches, scanRows } from "./batches.ts";
import { settleRules } from "./campaign-rules.ts";
import { count, seconds } from "./cli/format.ts";
import type { StageEnd, StageRun } from "./context.ts";
import { type Campaign, campaignFor } from "./db/campaigns.ts";
import { enterRules } from "./db/decision-rules.ts";
import { isComplete, lastPass } from "./db/ledger.ts";
import { keyDecisions } from "./db/partitions.ts";
import { bind, sql } from "./db/sql.ts";
import type { RuleSet } from "./domain/rules.ts";
import { shardCount } from "./domain/shards.ts";
import { refuseUnstored, unfinished, unlessStopped } from "./stored-fleet.ts";

/** Decides every Partial device that nothing was decided for. A second run finds nothing and changes nothing. */
export async function recover(run: StageRun, given?: Campaign): Promise<StageEnd> {
  const found = given ?? (await campaignFor(run.client, run.options.campaign));
  const policy = run.reference.policy(run.options.policy ?? "default");
  await refuseUnfinished(run, found);
  const { campaign, rules } = await settleRules(run, found);
  const { campaign_id: id } = campaign;
  const last = await lastPass(run.client, id, "recover");
  if (isComplete(last) && (await undecidedDevices(run, id)) === 0) {
    await unlessStopped(run, campaign, "recover", keyDecisions(run, id));
    return ended(run, campaign, { rules, rows: 0, took: 0 });
  }
  const shards = shardCount(campaign.device_count, scanRows(run, campaign));
  const pass = passFor(run, campaign, "recover", last, shards);
  const ruleNos = await enterRules(run.client, policy);
  const { rows, elapsed } = await runBatches(run, {
    campaign,
    task: {
      stage: "recover",
      pass,
      rules,
      policy,
      ruleNos,
      reported: campaign.reported_columns,
    },
    unit: "Partial devices",
    before: isComplete(last) ? 0 : (last?.rows ?? 0),
  });
  await unlessStopped(run, campaign, "recover", keyDecisions(run, id));
  await run.client.query(bind(sql("recover.analyze"), { campaign: id }));
  return ended(run, campaign, { rules, rows, took: elapsed() });
}

async function undecidedDevices(run: StageRun, id: number): Promise<number> {
  const { rows } = await run.client.query<{ devices: number }>(sql("recover.undecided"), [id]);
  return rows[0]?.devices ?? 0;
}

/** Decisions rest on a fleet that is whole, and on chaos that has ended. */
async function refuseUnfinished(run: StageRun, campaign: Campaign): Promise<void> {
  await refuseUnstored(run, campaign);
  const corrupted = await lastPass(run.client, campaign.campaign_id, "corrupt");
  if (campaign.fault_rate !== null && !isComplete(corrupted)) throw unfinished(run, "corrupt", campaign);
}

/** Devices that rules repaired by themselves; nobody is asked where none may. */
async function repairedDevices(run: StageRun, id: number, { rules }: RuleSet): Promise<number> {
  if (!rules.some(({ repair }) => repair?.auto)) return 0;
  const { rows } = await run.client.query<{ devices: number }>(sql("recover.repaired"), [id]);
  return rows[0]?.devices ?? 0;
}

/** What a recovery came to. */
interface Recovered {
  readonly rules: RuleSet;
  readonly rows: number;
  readonly took: number;
}

async function ended(run: StageRun, campaign: Campaign, { rules, rows, took }: Recovered): Promise<StageEnd> {
  const { rows: found } = await run.client.query<{ action: string; devices: number }>(sql("recover.by_action"), [
    campaign.campaign_id,
  ]);
  const repaired = await repairedDevices(run, campaign.campaign_id, rules);
  const actions = found.map(({ action, devices }) => `${action} ${count(devices)}`).join(", ");
  const list = repaired > 0 ? `${actions}; repaired by rules ${count(repaired)}` : actions;
  return {
    campaign,
    result: {
      stage: "recover",
      campaign: campaign.name,
      done: rows,
      unit: "Partial devices",
      seconds: took,
      text:
        rows === 0
          ? `nothing left to decide (${list})`
          : `${count(rows)} Partial devices decided in ${seconds(took)} (${count(rows / took)}/s): ${list}`,
      facts: { actions: Object.fromEntries(found.map(({ action, devices }) => [action, devices])), repaired },
    },
  };
}
