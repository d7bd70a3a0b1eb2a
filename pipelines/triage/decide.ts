import type pg from "pg";
import { type Context, interrupted, type StageRun } from "../context.ts";
import type { Campaign } from "../db/campaigns.ts";
import { enterRules } from "../db/decision-rules.ts";
import { isComplete, lastPass } from "../db/ledger.ts";
import { decisionsAreKeyed } from "../db/partitions.ts";
import { sql } from "../db/sql.ts";
import { expectation } from "../domain/expectation.ts";
import { Judge } from "../domain/judge.ts";
import type { Proposed } from "../domain/propose.ts";
import { type Judging, type Outcome, outcomeOf, type Proposal } from "../domain/triage.ts";
import { PERSON, POLICY_ACTIONS, REPORT_COLUMNS } from "../domain/vocabulary.ts";
import { unfinished } from "../stored-fleet.ts";
import { placesOf, type StoredPlace } from "./places.ts";
import { type Decided, type PersonRules, storeDecisions } from "./store.ts";

/** A proposal for one device. */
export interface Asked extends Proposal {
  readonly deviceId: string;
  readonly why: string | null;
}

/** What became of it. */
export interface Told {
  readonly asked: Asked;
  readonly outcome: Outcome;
  /** Values that a decision puts in the place of reported ones. */
  readonly changes: readonly Change[];
}

export type Change = Pick<Proposed, "field" | "from" | "to">;

/** Devices that commit together, where nothing else is asked for. */
const TOGETHER = 5_000;

/** What would become of proposals; nothing is changed. No device may be asked for twice. */
export async function preview(
  context: Pick<Context, "reference">,
  client: pg.ClientBase,
  campaign: Campaign,
  asked: readonly Asked[],
): Promise<Told[]> {
  const judging = judgingOf(context, campaign);
  const told: Told[] = [];
  for (let at = 0; at < asked.length; at += TOGETHER)
    told.push(...(await look(client, campaign, judging, asked.slice(at, at + TOGETHER))));
  return told.map(({ asked: one, outcome, changes }) => ({ asked: one, outcome, changes }));
}

/**
 * Decides on devices, batch by batch, each with its audit in a transaction of its own. What the rules or another person's decision stand against is
 * refused device by device. What is asked for once more is found done.
 * @throws SentinelError exit 5 where recovery was stopped part-way, exit 130 where the command was told to stop.
 */
export async function decide(
  run: StageRun,
  campaign: Campaign,
  asked: readonly Asked[],
  by: string,
): Promise<{ told: Told[]; seconds: number }> {
  await refuseUnrecovered(run, campaign);
  const progress = run.reporter.stage("triage", campaign.name, asked.length, "devices");
  const judging = judgingOf(run, campaign);
  const told: Told[] = [];
  const together = run.options.batchSize ?? TOGETHER;
  for (let at = 0; at < asked.length; at += together) {
    if (run.signal.aborted) throw interrupted(run, campaign, "triage", asked.length - at, "devices");
    const looked = await look(run.client, campaign, judging, asked.slice(at, at + together));
    const decisions = looked.flatMap(({ asked: { verb, why }, outcome, place }) =>
      outcome.kind === "decided" && place ? [{ place, verb, why, by, after: outcome.after }] : [],
    );
    const rules = await personRules(run.client, decisions);
    if (decisions.length > 0) await storeDecisions(run, campaign.campaign_id, decisions, rules);
    told.push(...looked.map(({ asked: one, outcome, changes }) => ({ asked: one, outcome, changes })));
    progress.update([{ batches: 0, rows: told.length }]);
  }
  await run.client.query(sql("triage.analyze"));
  return { told, seconds: progress.elapsed() };
}

async function look(
  client: pg.ClientBase,
  { campaign_id: id }: Campaign,
  judging: Judging,
  asked: readonly Asked[],
): Promise<(Told & { readonly place: StoredPlace | undefined })[]> {
  const places = await placesOf(
    client,
    id,
    asked.map(({ deviceId }) => deviceId),
  );
  return asked.map((one) => {
    const place = places.get(one.deviceId);
    const outcome = outcomeOf(one, place, judging);
    return { asked: one, place, outcome, changes: place ? changesOf(place, outcome) : [] };
  });
}

function changesOf({ reported }: StoredPlace, outcome: Outcome): Change[] {
  if (outcome.kind !== "decided") return [];
  const said = new Map(outcome.after.amendments.map(({ field, value }) => [field, value]));
  return REPORT_COLUMNS.flatMap((field) => {
    const to = said.get(field);
    return to === undefined ? [] : [{ field, from: reported[field] ?? null, to }];
  });
}

/** Findings do not hang on the policy. */
export function judgingOf(
  { reference }: Pick<Context, "reference">,
  { reported_columns, rules: name }: Campaign,
): Judging {
  const rules = reference.rules(name);
  return {
    judge: new Judge(rules, undefined, reported_columns),
    expected: (field) => expectation(rules, field),
    reported: reported_columns,
  };
}

/** Numbers of what persons chose, for the actions that they did choose. */
async function personRules(client: pg.Client, decisions: readonly Pick<Decided, "after">[]): Promise<PersonRules> {
  const actions = POLICY_ACTIONS.filter((action) => decisions.some(({ after }) => after.action === action));
  if (actions.length === 0) return {};
  const rules = actions.map((action) => ({ id: "rejected", action }));
  const numbers = await enterRules(client, { name: PERSON, version: 1, rules });
  return Object.fromEntries(actions.map((action, at) => [action, numbers[at]]));
}

/** Until a pass of recovery is over, its shards take for granted that nobody else decides. */
async function refuseUnrecovered(run: StageRun, campaign: Campaign): Promise<void> {
  const { campaign_id: id } = campaign;
  const last = await lastPass(run.client, id, "recover");
  if (last && !(isComplete(last) && (await decisionsAreKeyed(run.client, id))))
    throw unfinished(run, "recover", campaign);
}
