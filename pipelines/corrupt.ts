import { passFor, runBatches } from "./batches.ts";
import { commandLine } from "./cli/again.ts";
import { EXIT, SentinelError } from "./cli/errors.ts";
import { count, percent, seconds } from "./cli/format.ts";
import type { Context, StageEnd, StageRun } from "./context.ts";
import { type Campaign, campaignFor } from "./db/campaigns.ts";
import { isComplete, lastPass } from "./db/ledger.ts";
import { sql } from "./db/sql.ts";
import { inTransaction } from "./db/transaction.ts";
import type { FaultProfile } from "./domain/faults.ts";
import { shardCount } from "./domain/shards.ts";
import { databaseOf, refuseUnstored, sourceOf } from "./stored-fleet.ts";

export const SCAN_BATCH = 200_000;

/** Injects faults into the stored telemetry, once a campaign, and keeps the ground truth; or takes them back with `--undo`. */
export async function corrupt(run: StageRun, given?: Campaign): Promise<StageEnd> {
  const campaign = given ?? (await campaignFor(run.client, run.options.campaign));
  const { campaign_id: id } = campaign;
  const last = await lastPass(run.client, id, "corrupt");
  const recovered = await lastPass(run.client, id, "recover");
  if (run.options.undo) {
    refuseAfterRecovery(run, campaign, recovered, "taken back");
    return undo(run, campaign);
  }
  const chaos = chaosFor(run, campaign);
  const asked = { fault_rate: chaos.rate, fault_profile: chaos.profile.name, fault_seed: chaos.seed };
  refuseOther(run, campaign, asked);
  if (isComplete(last)) return ended(campaign, 0, 0, await kinds(run, id));
  if (chaos.rate === 0) return ended(campaign, 0, 0, []);
  refuseAfterRecovery(run, campaign, recovered, "injected");
  await refuseUnstored(run, campaign);
  await run.client.query(sql("corrupt.mark_campaign"), [id, chaos.rate, chaos.profile.name, chaos.seed]);
  const shards = shardCount(campaign.device_count, run.options.batchSize ?? SCAN_BATCH);
  const pass = passFor(run, campaign, "corrupt", last, shards);
  const { source, seed, device_count: devices } = campaign;
  const generated = source === "generated" ? { seed, devices } : undefined;
  const { rows, elapsed } = await runBatches(run, {
    campaign: { ...campaign, ...asked },
    task: { stage: "corrupt", pass, ...chaos, reported: campaign.reported_columns, generated },
    unit: "faults",
    total: Math.round(campaign.device_count * chaos.rate),
    before: last?.rows ?? 0,
  });
  return ended({ ...campaign, ...asked }, rows, elapsed(), await kinds(run, id));
}

interface Chaos {
  readonly profile: FaultProfile;
  readonly rate: number;
  readonly seed: number;
}

/** What was asked for; where nothing was, what the campaign has, or the profile's rate for a generated fleet and 0 for an import. */
export function chaosFor({ options, reference }: Context, campaign: Campaign): Chaos {
  const profile = reference.faultProfile(options.profile ?? campaign.fault_profile ?? "default");
  const usual = campaign.source === "imported" ? 0 : profile.rate;
  return {
    profile,
    rate: options.faultRate ?? campaign.fault_rate ?? usual,
    seed: options.seed ?? campaign.fault_seed ?? campaign.seed,
  };
}

function refuseOther(
  { options }: StageRun,
  campaign: Campaign,
  asked: Pick<Campaign, "fault_rate" | "fault_profile" | "fault_seed">,
): void {
  if (campaign.fault_rate === null) return;
  const same = (Object.keys(asked) as (keyof typeof asked)[]).every((key) => asked[key] === campaign[key]);
  if (same) return;
  throw new SentinelError({
    exitCode: EXIT.usage,
    cause: `Campaign ${campaign.name} is corrupted already: rate ${campaign.fault_rate}, profile ${campaign.fault_profile}, seed ${campaign.fault_seed}.`,
    remedy: "Take those faults back first, or ask for the same.",
    command: commandLine("corrupt", { undo: true, campaign: campaign.name, ...databaseOf(options) }),
  });
}

function refuseAfterRecovery({ options }: StageRun, campaign: Campaign, recovered: unknown, what: string): void {
  if (!recovered) return;
  throw new SentinelError({
    exitCode: EXIT.usage,
    cause: `Campaign ${campaign.name} is recovered: faults ${what} now would belie the decisions.`,
    remedy: "Work on another campaign, or generate this one anew with --replace.",
    command: commandLine("pipeline", {
      ...sourceOf(campaign),
      campaign: campaign.name,
      replace: true,
      ...databaseOf(options),
    }),
  });
}

async function undo(run: StageRun, campaign: Campaign): Promise<StageEnd> {
  const { client } = run;
  const id = [campaign.campaign_id];
  const faults = await inTransaction(client, async () => {
    await client.query(sql("corrupt.undo"), id);
    const { rowCount } = await client.query(sql("corrupt.undo_faults"), id);
    await client.query(sql("corrupt.undo_batches"), id);
    await client.query(sql("corrupt.undo_campaign"), id);
    return rowCount ?? 0;
  });
  return {
    campaign: { ...campaign, fault_rate: null, fault_profile: null, fault_seed: null },
    result: {
      stage: "corrupt",
      campaign: campaign.name,
      done: faults,
      unit: "faults",
      seconds: 0,
      text: `${count(faults)} faults taken back in campaign ${campaign.name}`,
      facts: { undone: faults },
    },
  };
}

type Kinds = readonly { readonly kind: string; readonly faults: number }[];

async function kinds(run: StageRun, id: number): Promise<Kinds> {
  return (await run.client.query<{ kind: string; faults: number }>(sql("corrupt.by_kind"), [id])).rows;
}

function ended(campaign: Campaign, rows: number, took: number, found: Kinds): StageEnd {
  const all = found.reduce((sum, { faults }) => sum + faults, 0);
  const list = found.map(({ kind, faults }) => `${kind} ${count(faults)}`).join(", ");
  const share = campaign.device_count > 0 ? percent(all / campaign.device_count, 2) : "none";
  const text =
    all === 0
      ? "no faults asked for"
      : rows === 0
        ? `${count(all)} faults are in place already (${list})`
        : `${count(all)} devices corrupted, ${share} of the fleet, in ${seconds(took)} (${list})`;
  return {
    campaign,
    result: {
      stage: "corrupt",
      campaign: campaign.name,
      done: rows,
      unit: "faults",
      seconds: took,
      text,
      facts: { faults: all, kinds: Object.fromEntries(found.map(({ kind, faults }) => [kind, faults])) },
    },
  };
}
