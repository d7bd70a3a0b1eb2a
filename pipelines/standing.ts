import type pg from "pg";
import type { Options } from "./cli/options.ts";
import type { Campaign } from "./db/campaigns.ts";
import { isComplete, lastPass, type PassState } from "./db/ledger.ts";
import { decisionsAreKeyed, reportsAreKeyed } from "./db/partitions.ts";
import { sql } from "./db/sql.ts";
import { BATCHED_STAGES, type BatchedStage } from "./domain/vocabulary.ts";

/** How far a stage has come. "left out": decisions rest on a fleet without it. */
export type StageState = "not begun" | "stopped part-way" | "key not built" | "devices undecided" | "left out" | "done";

export interface StageStanding {
  readonly stage: BatchedStage;
  readonly state: StageState;
  /** The last pass; undefined before the first. */
  readonly pass: PassState | undefined;
}

/** What validate found last. */
export interface Verdict {
  readonly promises: number;
  readonly checked_at: Date;
  /** Names of the promises that were broken. */
  readonly broken: readonly string[];
  /** Something changed the campaign since. */
  readonly is_outdated: boolean;
}

type Listed = Pick<
  Campaign,
  "campaign_id" | "name" | "source" | "source_file" | "device_count" | "rules" | "fault_rate"
>;

/** Where a campaign stands, by its ledger. */
export interface Standing extends Listed {
  readonly is_current: boolean;
  readonly stages: readonly StageStanding[];
  /** Partial devices that nothing was decided for; null while that can't be counted. */
  readonly undecided: number | null;
  readonly openTriage: number;
  readonly verdict: Verdict | undefined;
  /** The policy by which it was recovered, and the file that it was imported from, as they were asked for. */
  readonly asked: Pick<Options, "policy" | "from" | "format" | "map">;
}

/** The campaigns of a database in the order in which they were made, or the one of that name; none where there is none. */
export async function standings(client: pg.ClientBase, name: string | undefined): Promise<Standing[]> {
  const { rows } = await client.query<Listed & { is_current: boolean }>(sql("status.campaigns"), [name ?? null]);
  const found: Standing[] = [];
  for (const row of rows) found.push(await standingOf(client, row));
  return found;
}

async function standingOf(client: pg.ClientBase, campaign: Listed & { is_current: boolean }): Promise<Standing> {
  const { campaign_id: id, device_count: devices, source_file } = campaign;
  const [generated, corrupted, recovered] = await passes(client, id);
  const isStored = generated?.rows === devices && (await reportsAreKeyed(client, id));
  const undecided = isStored ? await undecidedDevices(client, id) : null;
  const triage = await client.query<{ devices: number }>(sql("status.open_triage"), [id]);
  const verdict = await client.query<Verdict>(sql("status.validation"), [id]);
  const isKeyed = await decisionsAreKeyed(client, id);
  const generating = await asked(client, id, "generate");
  return {
    ...campaign,
    stages: [
      { stage: "generate", pass: generated, state: generateState(generated, isStored) },
      { stage: "corrupt", pass: corrupted, state: corruptState(corrupted, recovered, campaign) },
      { stage: "recover", pass: recovered, state: recoverState(recovered, undecided, isKeyed) },
    ],
    undecided,
    openTriage: triage.rows[0]?.devices ?? 0,
    verdict: verdict.rows[0] && beside(verdict.rows[0], undecided),
    asked: {
      ...given(generating, ["format", "map"]),
      ...given(await asked(client, id, "recover"), ["policy"]),
      ...given({ from: generating?.from ?? source_file }, ["from"]),
    },
  };
}

/** A decision that went by hand leaves no time behind: that validate would find the device undecided, and did not, is what tells. */
function beside(verdict: Verdict, undecided: number | null): Verdict {
  const isNews = Boolean(undecided) && !verdict.broken.includes("rerun_changes_nothing");
  return { ...verdict, is_outdated: verdict.is_outdated || isNews };
}

async function passes(client: pg.ClientBase, id: number): Promise<(PassState | undefined)[]> {
  const found: (PassState | undefined)[] = [];
  for (const stage of BATCHED_STAGES) found.push(await lastPass(client, id, stage));
  return found;
}

type Asked = Readonly<Record<"policy" | "from" | "format" | "map", string | null>>;

async function asked(client: pg.ClientBase, id: number, stage: BatchedStage): Promise<Asked | undefined> {
  const { rows } = await client.query<Asked>(sql("status.asked"), [id, stage]);
  return rows[0];
}

/** Those of the options that were given. */
function given(options: Partial<Asked> = {}, names: readonly (keyof Asked)[]): Standing["asked"] {
  return Object.fromEntries(names.flatMap((name) => (options[name] == null ? [] : [[name, options[name]]])));
}

const LOCKED = "55P03";

/** Building a key, a command holds the table to itself for as long as that takes. */
async function undecidedDevices(client: pg.ClientBase, id: number): Promise<number | null> {
  await client.query("SAVEPOINT before_count");
  try {
    const { rows } = await client.query<{ devices: number }>(sql("recover.undecided"), [id]);
    return rows[0]?.devices ?? null;
  } catch (error) {
    if ((error as { code?: unknown }).code !== LOCKED) throw error;
    await client.query("ROLLBACK TO SAVEPOINT before_count");
    return null;
  }
}

function generateState(last: PassState | undefined, isStored: boolean): StageState {
  if (!last) return "not begun";
  if (!isComplete(last)) return "stopped part-way";
  return isStored ? "done" : "key not built";
}

function corruptState(
  last: PassState | undefined,
  recovered: PassState | undefined,
  { fault_rate }: Pick<Campaign, "fault_rate">,
): StageState {
  if (last) return isComplete(last) ? "done" : "stopped part-way";
  if (fault_rate !== null) return "stopped part-way";
  return recovered ? "left out" : "not begun";
}

function recoverState(last: PassState | undefined, undecided: number | null, isKeyed: boolean): StageState {
  if (!last) return "not begun";
  if (!isComplete(last)) return "stopped part-way";
  if (!isKeyed) return "key not built";
  return undecided ? "devices undecided" : "done";
}
