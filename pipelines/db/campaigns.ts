import type pg from "pg";
import { EXIT, SentinelError } from "../cli/errors.ts";
import type { FleetWords } from "../domain/fleet.ts";
import type { ReportColumn } from "../domain/vocabulary.ts";
import { copyLine } from "./copy.ts";
import { copyIn } from "./copy-in.ts";
import { isSpread } from "./distribute.ts";
import { isMigrated } from "./migrate.ts";
import { createPartitions, dropPartitions, isHalved } from "./partitions.ts";
import { wordParts } from "./reports.ts";
import { bind, sql } from "./sql.ts";
import { inTransaction } from "./transaction.ts";

/** A row of `campaign`. */
export interface Campaign {
  readonly campaign_id: number;
  readonly name: string;
  readonly title: string;
  readonly owner: string | null;
  readonly source: "generated" | "imported";
  readonly source_file: string | null;
  readonly source_sha256: string;
  readonly firmware_to: string | null;
  readonly seed: number;
  readonly device_count: number;
  readonly rejected_count: number;
  readonly batch_size: number;
  readonly reported_columns: readonly ReportColumn[];
  /** Name of the rule set that judges its reports. */
  readonly rules: string;
  readonly fault_rate: number | null;
  readonly fault_profile: string | null;
  readonly fault_seed: number | null;
}

/** A row of an imported file that can't be stored. */
export interface Reject {
  readonly rowNo: number;
  readonly reason: string;
  readonly deviceId: string | null;
}

/** The rules of a campaign for which no others were asked. */
export const DEFAULT_RULES = "default";

export type NewCampaign = Omit<Campaign, "campaign_id" | "rules" | "fault_rate" | "fault_profile" | "fault_seed">;

export async function findCampaign(client: pg.ClientBase, name: string): Promise<Campaign | undefined> {
  const { rows } = await client.query<Campaign>(sql("campaign.by_name"), [name]);
  return rows[0];
}

/** The campaign that was asked for by name, or else the current one. */
export async function campaignFor(client: pg.ClientBase, name: string | undefined): Promise<Campaign> {
  if (!(await isMigrated(client))) return noCampaign([], name);
  if (name !== undefined) return (await findCampaign(client, name)) ?? noCampaign(await names(client), name);
  const { rows } = await client.query<Campaign>(sql("campaign.current"));
  return rows[0] ?? noCampaign(await names(client), undefined);
}

async function names(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(sql("campaign.names"));
  return rows.map((row) => row.name);
}

function noCampaign(known: readonly string[], name: string | undefined): never {
  throw new SentinelError({
    exitCode: EXIT.usage,
    cause: name === undefined ? "This database holds no campaign yet." : `There is no campaign named "${name}".`,
    remedy: known.length === 0 ? "Generate or import a fleet first." : `There are: ${known.join(", ")}.`,
    ...(known.length === 0 ? { command: "npm run generate" } : {}),
  });
}

/** What comes with a campaign when it is entered. */
export interface CampaignParts {
  /** What its file held that can't be stored. */
  readonly rejects?: readonly Reject[];
  /** The words of its fleet, where they are known beforehand. */
  readonly words?: FleetWords;
}

/** Enters a campaign with its partitions and makes it the current one: all or nothing. */
export function createCampaign(
  client: pg.ClientBase,
  made: NewCampaign,
  { rejects = [], words }: CampaignParts,
): Promise<Campaign> {
  return inTransaction(client, async () => {
    const { rows } = await client.query<{ campaign_id: number }>(sql("campaign.insert"), [
      ...[made.name, made.title, made.owner, made.source, made.source_file, made.source_sha256, made.firmware_to],
      ...[made.seed, made.device_count, made.rejected_count, made.batch_size, made.reported_columns],
    ]);
    const id = rows[0]?.campaign_id ?? 0;
    await createPartitionsOf(client, id, made);
    const refused = rejects.map(({ rowNo, reason, deviceId }) => copyLine([id, rowNo, reason, deviceId]));
    await copyIn(client, [
      { into: sql("campaign.store_rejects"), lines: Buffer.from(refused.join("")) },
      ...(words ? wordParts(id, words.profiles, words.outcomes) : []),
    ]);
    await makeCurrent(client, { campaign_id: id });
    return { ...made, campaign_id: id, rules: DEFAULT_RULES, fault_rate: null, fault_profile: null, fault_seed: null };
  });
}

/** Makes the partitions of a campaign as it has them: a file comes in its own order, not in that of the buckets, and Citus spreads no halves. */
export async function createPartitionsOf(
  client: pg.ClientBase,
  id: number,
  { source, device_count }: Pick<Campaign, "source" | "device_count">,
): Promise<void> {
  const halved = source === "generated" && isHalved(device_count) && !(await isSpread(client));
  await createPartitions(client, id, halved);
}

/** Makes a campaign the one that `ota_logs` answers for. */
export async function makeCurrent(client: pg.ClientBase, campaign: Pick<Campaign, "campaign_id">): Promise<void> {
  await client.query(bind(sql("campaign.make_current"), { campaign: campaign.campaign_id }));
}

/**
 * Deletes a campaign with everything that hangs on it, all or nothing. Only on `--replace`, and never in a schema that holds
 * tables which Sentinel did not make.
 */
export function deleteCampaign(client: pg.ClientBase, campaign: Campaign): Promise<void> {
  return inTransaction(client, () => removeCampaign(client, campaign));
}

/** The same in the transaction that is open. */
export async function removeCampaign(client: pg.ClientBase, campaign: Campaign): Promise<void> {
  await refuseStrangers(client);
  const id = [campaign.campaign_id];
  await dropPartitions(client, campaign.campaign_id);
  for (const name of PARTS) await client.query(sql(`campaign.delete_${name}`), id);
}

const PARTS = "profiles outcomes amendments audit triage faults rejects batches validation runs current campaign".split(
  " ",
);

const OWN = [
  ...["sentinel_migration", "campaign", "current_campaign", "stored_report", "device_profile", "update_outcome"],
  ...[
    "device_report",
    "import_reject",
    "fault_ledger",
    "decision",
    "decision_rule",
    "recovery_actions",
    "triage_queue",
    "triage_decision",
    "telemetry_amendment",
  ],
  ...["run", "batch_ledger", "validation_result", "lease", "device_status", "ota_logs"],
  ...["ota_telemetry", "telemetry_finding", "device_amendment", "judged_report"],
];

async function refuseStrangers(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string }>(sql("migrate.strangers"), [OWN]);
  if (rows.length === 0) return;
  throw new SentinelError({
    exitCode: EXIT.database,
    cause: `This database also holds ${rows.map(({ name }) => name).join(", ")}, which Sentinel OTA did not make.`,
    remedy:
      "Sentinel deletes nothing in a database that it shares. Use --campaign NAME to work beside the old campaign.",
  });
}
