import { isDeepStrictEqual } from "node:util";
import { isWithin, type Place, rowOf } from "./desk.ts";
import { openOf, queueOf } from "./desk-plan.ts";
import type { Facts, Reference } from "./facts.ts";
import { type Campaign, type Model, type Progress, STAGES, type Stage } from "./model.ts";
import type { Seen, SeenCampaign, SeenPlace } from "./witness.ts";

/** Rows that a stage of a campaign has stored by now; of recovery devices that it has decided, whoever was released since. */
export async function rowsStored(campaign: Campaign, stage: Stage, facts: Reference): Promise<number> {
  return storedBy(campaign, stage, await facts(campaign.fleet, campaign.chaos));
}

function storedBy(campaign: Campaign, stage: Stage, { seen }: Facts): number {
  const { fleet, batchSize, pass } = campaign;
  const progress = campaign[stage];
  if (stage === "generate") return allStored(progress) ? fleet.devices : progress.committed * batchSize;
  if (stage === "corrupt") return within(seen.faults.buckets, progress);
  return (pass > 1 ? seen.partial.length : within(seen.partial, progress)) - waiting(campaign).length;
}

const waiting = ({ places }: Campaign): Place[] => places.filter(({ waits }) => waits);
/** Nobody has decided on anything. */
const isUntouched = ({ places }: Campaign): boolean => places.every(({ entries }) => entries.length === 0);

/** The model with the queues that recovery opens, which hang on fleet and chaos alone until somebody works them. */
export async function withQueues(model: Model, facts: Reference): Promise<Model> {
  const campaigns = await Promise.all(
    model.campaigns.map(async (campaign) => {
      if (!isUntouched(campaign)) return campaign;
      const { seen } = await facts(campaign.fleet, campaign.chaos);
      return { ...campaign, places: seen.places.map(placeOf) };
    }),
  );
  return { ...model, campaigns };
}

const placeOf = ({ device, bucket, findings }: SeenPlace): Place => ({
  ...{ device, bucket, fields: findings.map(({ field }) => field) },
  ...{ state: "open", version: 1, said: {}, entries: [], waits: false },
});

const allStored = ({ whole, committed, batches }: Progress): boolean => whole || committed === batches;

/** How many lie in the shards that are done. */
const within = (buckets: readonly number[], progress: Progress): number =>
  buckets.filter((bucket) => isWithin(bucket, progress)).length;

/** What differs between the model and the database. */
export async function differences(model: Model, seen: Seen, facts: Reference): Promise<string[]> {
  const names = (all: readonly { name: string }[]): string[] => all.map(({ name }) => name).sort();
  const found = unlike("database", { names: names(model.campaigns), openRuns: model.openRuns }, [
    { names: names(seen.campaigns), openRuns: seen.openRuns },
  ]);
  for (const campaign of model.campaigns) {
    const stored = seen.campaigns.find(({ name }) => name === campaign.name);
    if (!stored) continue;
    const expected = await expectedOf(campaign, model.current === campaign.name, facts);
    found.push(...unlike(`campaign ${campaign.name}`, expected, [stored, ledgerOf(stored)]));
    for (const place of queueOf(campaign)) {
      const there = stored.places.find(({ device }) => device === place.device);
      found.push(...unlike(`place of ${place.device} in ${campaign.name}`, rowOf(place), [there ?? {}]));
    }
    if (stored.is_current) found.push(...unlike("ota_logs", { statuses: stored.statuses }, [seen]));
  }
  return found;
}

/** Each value that is expected and is another one; what is undefined may be anything. */
function unlike(where: string, expected: Readonly<Record<string, unknown>>, actual: readonly object[]): string[] {
  const all = Object.assign({}, ...actual) as Record<string, unknown>;
  return Object.entries(expected)
    .filter(([key, value]) => value !== undefined && !isDeepStrictEqual(value, all[key]))
    .map(([key, value]) => `${where}: ${key} is ${JSON.stringify(all[key])}, not ${JSON.stringify(value)}`);
}

/** The ledger and the prints, side by side. */
function ledgerOf({ stages, reports, faults, actions, triage }: SeenCampaign): Record<string, unknown> {
  const ledger = STAGES.flatMap((stage) => {
    const { committed = 0, batches, rows = 0, first = true, pass = 1 } = stages[stage] ?? {};
    return Object.entries({ committed, batches, rows, first, pass }).map(([key, value]) => [`${stage}_${key}`, value]);
  });
  const parts = Object.entries({ reports, faults, actions, triage }).flatMap(([part, { rows, print }]) => [
    [`${part}_rows`, rows],
    [`${part}_print`, print],
  ]);
  return Object.fromEntries([...ledger, ...parts]);
}

async function expectedOf(campaign: Campaign, current: boolean, facts: Reference): Promise<Record<string, unknown>> {
  const { fleet, batchSize, chaos, corrupt, recover } = campaign;
  const struck = await facts(fleet, chaos);
  const calm = await facts(fleet, undefined);
  const queue = queueOf(campaign).length;
  const quarantined = openOf(campaign).length;
  const decided = storedBy(campaign, "recover", struck);
  const untouched = isUntouched(campaign);
  const stored = storedBy(campaign, "generate", struck);
  const isStored = stored === fleet.devices;
  const reports = !isStored ? undefined : corrupt.whole ? struck : corrupt.committed === 0 ? calm : undefined;
  const partial = reports?.seen.partial.length;
  const part = <T>(progress: Progress, whole: T, none: T) =>
    progress.whole ? whole : progress.committed === 0 ? none : undefined;
  return {
    source: fleet.source,
    seed: fleet.seed,
    devices: fleet.devices,
    batch_size: batchSize,
    is_current: current,
    fault_rate: chaos?.rate ?? null,
    fault_seed: chaos?.seed ?? null,
    fault_profile: chaos?.profile ?? null,
    ...ledgerExpected(campaign, struck),
    reports_rows: stored,
    reports_print: reports?.seen.reports.print,
    faults_rows: storedBy(campaign, "corrupt", struck),
    faults_print: part(corrupt, struck.seen.faults.print, ""),
    actions_rows: decided - quarantined,
    actions_print: untouched ? part(recover, struck.seen.actions.print, "") : undefined,
    triage_rows: queue,
    triage_print: untouched ? part(recover, struck.seen.triage.print, "") : undefined,
    statuses:
      partial === undefined
        ? undefined
        : counted({
            Success: fleet.devices - partial,
            Partial: partial - decided,
            Recovered: decided - quarantined,
            Quarantined: quarantined,
          }),
  };
}

function ledgerExpected(campaign: Campaign, facts: Facts): Record<string, unknown> {
  const first = within(facts.seen.partial, campaign.recover);
  const rows = STAGES.flatMap((stage) => {
    const { committed, batches, whole } = campaign[stage];
    const isLater = stage === "recover" && campaign.pass > 1;
    const planned = committed > 0 || whole ? batches : undefined;
    return [
      [`${stage}_committed`, whole ? batches : committed],
      [`${stage}_batches`, planned],
      [`${stage}_rows`, isLater ? undefined : stage === "recover" ? first : storedBy(campaign, stage, facts)],
      [`${stage}_pass`, isLater ? campaign.pass : 1],
      [`${stage}_first`, true],
    ];
  });
  return Object.fromEntries(rows);
}

/** Without the statuses that no device has. */
function counted(statuses: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(statuses).filter(([, devices]) => devices > 0));
}

/** A later pass is there once a batch of it is, and over with the last one: the key stands since the first. */
function atPass(campaign: Campaign, seen: Seen): Campaign {
  const { pass, recover, name } = campaign;
  const there = seen.campaigns.find((one) => one.name === name)?.stages.recover?.pass ?? pass;
  const whole = pass > 1 && (recover.whole || there < pass || recover.committed === recover.batches);
  return whole ? { ...campaign, pass: Math.min(pass, there), recover: { ...recover, whole } } : campaign;
}

/** The model with the plans that stages were found to have: how many batches a stage takes is the product's to choose, once. */
export function withPlans(model: Model, seen: Seen): Model {
  const campaigns = model.campaigns.map((before) => {
    const campaign = atPass(before, seen);
    const stages = seen.campaigns.find(({ name }) => name === campaign.name)?.stages;
    const plans = STAGES.map((stage) => {
      const { committed = 0, batches } = stages?.[stage] ?? {};
      const before = campaign[stage];
      return [
        stage,
        before.whole ? { ...before, committed, batches } : { ...before, batches: batches ?? before.batches },
      ];
    });
    return { ...campaign, ...Object.fromEntries(plans) } as Campaign;
  });
  return { ...model, campaigns };
}
