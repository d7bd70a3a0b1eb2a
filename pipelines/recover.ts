import { passFor, runBatches } from "./batches.ts";
import { EXIT, SentinelError } from "./cli/errors.ts";
import { count, seconds } from "./cli/format.ts";
import type { StageEnd, StageRun } from "./context.ts";
import { SCAN_BATCH } from "./corrupt.ts";
import { type Campaign, campaignFor } from "./db/campaigns.ts";
import { isComplete, lastPass } from "./db/ledger.ts";
import { sql } from "./db/sql.ts";
import { shardCount } from "./domain/shards.ts";

/** Decides every Partial device that nothing was decided for. A second run finds nothing and changes nothing. */
export async function recover(run: StageRun, given?: Campaign): Promise<StageEnd> {
  const campaign = given ?? (await campaignFor(run.client, run.options.campaign));
  const { campaign_id: id } = campaign;
  const policy = run.reference.policy(run.options.policy ?? "default");
  await refuseUnfinished(run, campaign);
  const last = await lastPass(run.client, id, "recover");
  const undecided = await undecidedDevices(run, id);
  if (undecided === 0 && isComplete(last)) return ended(run, campaign, 0, 0);
  const before = isComplete(last) ? 0 : (last?.rows ?? 0);
  const shards = shardCount(campaign.device_count, run.options.batchSize ?? SCAN_BATCH);
  const pass = passFor(run, campaign, "recover", last, shards);
  const { rows, seconds: took } = await runBatches(run, {
    campaign,
    task: { stage: "recover", pass, rules: run.reference.rules(), policy, reported: campaign.reported_columns },
    unit: "Partial devices",
    total: before + undecided,
    before,
  });
  await run.client.query(sql("recover.analyze"));
  return ended(run, campaign, rows, took);
}

async function undecidedDevices(run: StageRun, id: number): Promise<number> {
  const { rows } = await run.client.query<{ devices: number }>(sql("recover.undecided"), [id]);
  return rows[0]?.devices ?? 0;
}

/** Decisions rest on a fleet that is whole, and on chaos that has ended. */
async function refuseUnfinished(run: StageRun, campaign: Campaign): Promise<void> {
  const generated = await lastPass(run.client, campaign.campaign_id, "generate");
  const corrupted = await lastPass(run.client, campaign.campaign_id, "corrupt");
  const whole = (generated?.rows ?? 0) === campaign.device_count;
  const calm = campaign.fault_rate === null || isComplete(corrupted);
  if (whole && calm) return;
  const stage = whole ? "corrupt" : "generate";
  throw new SentinelError({
    exitCode: EXIT.resumable,
    cause: `Stage ${stage} of campaign ${campaign.name} was stopped part-way.`,
    remedy: "Finish it first:",
    command: `npm run ${stage} -- --resume --campaign ${campaign.name}`,
  });
}

async function ended(run: StageRun, campaign: Campaign, rows: number, took: number): Promise<StageEnd> {
  const { rows: found } = await run.client.query<{ action: string; devices: number }>(sql("recover.by_action"), [
    campaign.campaign_id,
  ]);
  const list = found.map(({ action, devices }) => `${action} ${count(devices)}`).join(", ");
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
      facts: { actions: Object.fromEntries(found.map(({ action, devices }) => [action, devices])) },
    },
  };
}
