import { commandLine } from "./cli/again.ts";
import { EXIT, SentinelError } from "./cli/errors.ts";
import { count, seconds } from "./cli/format.ts";
import type { Options } from "./cli/options.ts";
import { interrupted, type StageEnd, type StageRun } from "./context.ts";
import { type Campaign, deleteCampaign, findCampaign, makeCurrent, type NewCampaign } from "./db/campaigns.ts";
import { lastPass } from "./db/ledger.ts";
import { keyReports, reportsAreKeyed } from "./db/partitions.ts";
import { bind, sql } from "./db/sql.ts";
import type { BatchedStage } from "./domain/vocabulary.ts";

/** Whether the campaign has all of its devices, and the key that no two of them can share. */
export async function isStored(
  { client }: Pick<StageRun, "client">,
  { campaign_id: id, device_count }: Campaign,
): Promise<boolean> {
  return (await lastPass(client, id, "generate"))?.rows === device_count && (await reportsAreKeyed(client, id));
}

/** Gives a campaign whose devices are all there its key, and the planner an idea of it. */
export async function seal(run: StageRun, campaign: Campaign): Promise<void> {
  const { campaign_id: id, name } = campaign;
  const note = (): void => run.reporter.note(`campaign ${name}: all devices are stored, building the key`);
  if (await unlessStopped(run, campaign, "generate", keyReports(run, id, note)))
    await run.client.query(bind(sql("generate.analyze"), { campaign: id }));
}

/** Waits for a key to be built; one that a stop kept from it is what the stage has left to do. */
export async function unlessStopped<T>(run: StageRun, campaign: Campaign, stage: string, key: Promise<T>): Promise<T> {
  try {
    return await key;
  } catch (error) {
    throw run.signal.aborted ? interrupted(run, campaign, stage, 1, "key") : error;
  }
}

/** Later stages rest on a fleet that is whole. */
export async function refuseUnstored(run: StageRun, campaign: Campaign): Promise<void> {
  if (await isStored(run, campaign)) return;
  throw unfinished(run, "generate", campaign);
}

/** Thrown where a stage needs one that was stopped part-way. */
export function unfinished(run: StageRun, stage: BatchedStage, campaign: Campaign): SentinelError {
  return new SentinelError({
    exitCode: EXIT.resumable,
    cause: `Stage ${stage} of campaign ${campaign.name} was stopped part-way.`,
    remedy: "Finish it first:",
    command: finishing(run, stage, campaign),
  });
}

/** The command that finishes a stage; to go on with an import it takes the file. */
export function finishing({ options }: StageRun, stage: BatchedStage, { name, source_file: from }: Campaign): string {
  const file = stage === "generate" && from !== null ? { from } : {};
  return commandLine(stage, { resume: true, ...file, campaign: name, ...databaseOf(options) });
}

/** What a fleet is made from once more; of a file its name is known, not the place. */
export function sourceOf({ source_file: from, device_count: devices, seed }: Campaign): Options {
  return from === null ? { devices, seed } : { from };
}

/** The database that a command was given, for another command. */
export function databaseOf({ databaseUrl }: Options): Options {
  return databaseUrl === undefined ? {} : { databaseUrl };
}

/**
 * The campaign of that name, where it is there and is what is wanted; it is the current one then. With `--replace` it is deleted
 * instead.
 * @throws SentinelError exit 2, where the name stands for something else.
 */
export async function existing(
  run: StageRun,
  name: string,
  wanted: Partial<NewCampaign>,
): Promise<Campaign | undefined> {
  const found = await findCampaign(run.client, name);
  if (!found) return undefined;
  if (run.options.replace) {
    await deleteCampaign(run.client, found);
    return undefined;
  }
  const differs = (Object.keys(wanted) as (keyof NewCampaign)[]).find((key) => wanted[key] !== found[key]);
  if (differs) throw taken(run, found, differs, wanted);
  await makeCurrent(run.client, found);
  return found;
}

function taken(
  run: StageRun,
  found: Campaign,
  differs: keyof NewCampaign,
  wanted: Partial<NewCampaign>,
): SentinelError {
  const what =
    differs === "source_sha256"
      ? "what it was made from has changed since"
      : `its ${differs.replaceAll("_", " ")} is ${found[differs]}, not ${wanted[differs]}`;
  return new SentinelError({
    exitCode: EXIT.usage,
    cause: `Campaign ${found.name} is there already, and ${what}.`,
    remedy: "Give the new one a name with --campaign NAME, or delete the old one with --replace:",
    command: commandLine(run.command, { ...run.options, campaign: `${found.name}-2` }),
  });
}

/** How a stage that stored a fleet ends. */
export function stored(campaign: Campaign, rows: number, took: number): StageEnd {
  const all = count(campaign.device_count);
  const rejected = campaign.rejected_count;
  const text =
    rows === 0
      ? `campaign ${campaign.name} has all of its ${all} devices already`
      : `${count(rows)} devices stored in ${seconds(took)} (${count(rows / took)}/s), campaign ${campaign.name}`;
  return {
    campaign,
    result: {
      stage: "generate",
      campaign: campaign.name,
      done: rows,
      unit: "devices",
      seconds: took,
      text: rejected > 0 ? `${text}; ${count(rejected)} rows could not be stored, see import_reject` : text,
      facts: { devices: campaign.device_count, rejected },
    },
  };
}
