import type pg from "pg";
import { passFor, runBatches, scanRows } from "./batches.ts";
import { commandLine } from "./cli/again.ts";
import { EXIT, SentinelError } from "./cli/errors.ts";
import { count, percent, seconds } from "./cli/format.ts";
import type { Context, StageEnd, StageRun } from "./context.ts";
import { type Campaign, campaignFor } from "./db/campaigns.ts";
import { isComplete, lastPass } from "./db/ledger.ts";
import { sql } from "./db/sql.ts";
import { inTransaction } from "./db/transaction.ts";
import type { FaultProfile } from "./domain/fault-profile.ts";
import { shardCount } from "./domain/shards.ts";
import { databaseOf, refuseUnstored, sourceOf } from "./stored-fleet.ts";
import type { Chaos } from "./workers/victims.ts";

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
  const chaos = askedOf(run, campaign);
  const asked = { fault_rate: chaos.rate, fault_profile: chaos.profile.name, fault_seed: chaos.seed };
  if (isOther(campaign, asked)) {
    refuseAfterRecovery(run, campaign, recovered, "injected");
    throw otherFaults(run, campaign);
  }
  if (isComplete(last)) return settled(run, campaign, chaos.profile, 0, 0);
  if (chaos.rate === 0) return ended(campaign, 0, 0, 0, []);
  refuseAfterRecovery(run, campaign, recovered, "injected");
  await refuseUnstored(run, campaign);
  await run.client.query(sql("corrupt.mark_campaign"), [id, chaos.rate, chaos.profile.name, chaos.seed]);
  const shards = shardCount(campaign.device_count, scanRows(run, campaign));
  const pass = passFor(run, campaign, "corrupt", last, shards);
  const { rows, elapsed } = await runBatches(run, {
    campaign: { ...campaign, ...asked },
    task: { stage: "corrupt", pass, ...(await chaosOn(run.client, campaign, chaos)) },
    unit: "faults",
    total: Math.round(campaign.device_count * chaos.rate),
    before: last?.rows ?? 0,
  });
  return settled(run, { ...campaign, ...asked }, chaos.profile, rows, elapsed());
}

interface Asked {
  readonly profile: FaultProfile;
  readonly rate: number;
  readonly seed: number;
}

/**
 * What was asked for; where nothing was, what the campaign has, or the profile's rate. Of an import that nobody named a profile for nothing is
 * corrupted.
 */
export function askedOf({ options, reference }: Context, campaign: Campaign): Asked {
  const profile = reference.faultProfile(options.profile ?? campaign.fault_profile ?? "default");
  const usual = campaign.source === "imported" && options.profile === undefined ? 0 : profile.rate;
  return {
    profile,
    rate: options.faultRate ?? campaign.fault_rate ?? usual,
    seed: options.seed ?? campaign.fault_seed ?? campaign.seed,
  };
}

/** The same as a campaign needs it. */
export async function chaosOn(client: pg.ClientBase, campaign: Campaign, asked: Asked): Promise<Chaos> {
  const { source, seed, device_count: devices, reported_columns: reported, campaign_id: id } = campaign;
  const { rows } = await client.query<{ firmware_from: string }>(sql("corrupt.versions"), [id]);
  const versions = rows.map(({ firmware_from: version }) => version);
  return { ...asked, reported, versions, generated: source === "generated" ? { seed, devices } : undefined };
}

/** Chaos that went further than its profile allows is taken back, where that is its rollback, and ends the run. */
async function settled(
  run: StageRun,
  campaign: Campaign,
  { name, stop, rollback }: FaultProfile,
  rows: number,
  took: number,
): Promise<StageEnd> {
  const { rows: counted } = await run.client.query<{ devices: number }>(sql("corrupt.devices"), [campaign.campaign_id]);
  const devices = counted[0]?.devices ?? 0;
  if (stop === undefined || devices <= stop.struck_share * campaign.device_count)
    return ended(campaign, rows, took, devices, await kinds(run, campaign.campaign_id));
  const isBack = rollback === "undo" && !(await lastPass(run.client, campaign.campaign_id, "recover"));
  if (isBack) await takeBack(run, campaign);
  throw new SentinelError({
    exitCode: EXIT.resumable,
    cause: `Chaos went too far: ${count(devices)} of ${count(campaign.device_count)} devices were struck, and profile ${name} stops above ${percent(stop.struck_share)}.`,
    remedy: isBack
      ? "All faults were taken back. Ask for a smaller rate, or raise stop in the profile:"
      : "The faults are in place to be looked at. Take them back with:",
    command: commandLine("corrupt", {
      ...(isBack ? { profile: name, faultRate: stop.struck_share / 2 } : { undo: true }),
      campaign: campaign.name,
      ...databaseOf(run.options),
    }),
  });
}

/** Whether a campaign was corrupted otherwise than is asked for now. */
function isOther(campaign: Campaign, asked: Pick<Campaign, "fault_rate" | "fault_profile" | "fault_seed">): boolean {
  if (campaign.fault_rate === null) return false;
  return (Object.keys(asked) as (keyof typeof asked)[]).some((key) => asked[key] !== campaign[key]);
}

function otherFaults({ options }: StageRun, campaign: Campaign): SentinelError {
  return new SentinelError({
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

async function takeBack({ client }: StageRun, campaign: Campaign): Promise<number> {
  const id = [campaign.campaign_id];
  return inTransaction(client, async () => {
    for (const part of ["undo", "undo_profiles", "undo_outcomes"]) await client.query(sql(`corrupt.${part}`), id);
    const { rowCount } = await client.query(sql("corrupt.undo_faults"), id);
    await client.query(sql("corrupt.undo_batches"), id);
    await client.query(sql("corrupt.undo_campaign"), id);
    return rowCount ?? 0;
  });
}

async function undo(run: StageRun, campaign: Campaign): Promise<StageEnd> {
  const faults = await takeBack(run, campaign);
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

function ended(campaign: Campaign, rows: number, took: number, devices: number, found: Kinds): StageEnd {
  const all = found.reduce((sum, { faults }) => sum + faults, 0);
  const list = found.map(({ kind, faults }) => `${kind} ${count(faults)}`).join(", ");
  const share = campaign.device_count > 0 ? percent(devices / campaign.device_count, 2) : "none";
  const text =
    all === 0
      ? "no faults asked for"
      : rows === 0
        ? `${count(all)} faults are in place already (${list})`
        : `${count(devices)} devices corrupted, ${share} of the fleet, in ${seconds(took)} (${list})`;
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
