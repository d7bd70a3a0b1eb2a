import { isDeepStrictEqual } from "node:util";
import { BUCKET_COUNT } from "../../../pipelines/domain/vocabulary.ts";
import type { Facts, Reference } from "./facts.ts";
import { type Campaign, type Model, type Progress, STAGES, type Stage } from "./model.ts";
import type { Seen, SeenCampaign } from "./witness.ts";

/** Rows that a stage of a campaign has stored by now, or recovery in the triage queue. */
export async function rowsStored(campaign: Campaign, stage: Stage | "triage", facts: Reference): Promise<number> {
  return storedBy(campaign, stage, await facts(campaign.fleet, campaign.chaos));
}

function storedBy({ fleet, batchSize, ...campaign }: Campaign, stage: Stage | "triage", { seen }: Facts): number {
  if (stage === "triage") return within(seen.triage.buckets, campaign.recover);
  const progress = campaign[stage];
  if (stage === "generate") return allStored(progress) ? fleet.devices : progress.committed * batchSize;
  return within(stage === "corrupt" ? seen.faults.buckets : seen.partial, progress);
}

const allStored = ({ whole, committed, batches }: Progress): boolean => whole || committed === batches;

/** How many lie in the shards that are done: a shard is a run of neighbouring buckets. */
function within(buckets: readonly number[], { whole, committed, batches }: Progress): number {
  if (whole) return buckets.length;
  const end = committed === 0 ? 0 : (committed * BUCKET_COUNT) / (batches ?? Number.NaN);
  return buckets.filter((bucket) => bucket < end).length;
}

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
    const { committed = 0, batches, rows = 0, first = true } = stages[stage] ?? {};
    return Object.entries({ committed, batches, rows, first }).map(([key, value]) => [`${stage}_${key}`, value]);
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
  const quarantined = storedBy(campaign, "triage", struck);
  const decided = storedBy(campaign, "recover", struck);
  const stored = storedBy(campaign, "generate", struck);
  const isStored = stored === fleet.devices;
  const reports = !isStored ? undefined : corrupt.whole ? struck : corrupt.committed === 0 ? calm : undefined;
  const partial = struck.seen.partial.length;
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
    fault_profile: chaos ? "default" : null,
    ...ledgerExpected(campaign, struck),
    reports_rows: stored,
    reports_print: reports?.seen.reports.print,
    faults_rows: storedBy(campaign, "corrupt", struck),
    faults_print: part(corrupt, struck.seen.faults.print, ""),
    actions_rows: decided - quarantined,
    actions_print: part(recover, struck.seen.actions.print, ""),
    triage_rows: quarantined,
    triage_print: part(recover, struck.seen.triage.print, ""),
    statuses: isStored
      ? counted({
          Success: fleet.devices - partial,
          Partial: partial - decided,
          Recovered: decided - quarantined,
          Quarantined: quarantined,
        })
      : undefined,
  };
}

function ledgerExpected(campaign: Campaign, facts: Facts): Record<string, unknown> {
  const rows = STAGES.flatMap((stage) => {
    const { committed, batches, whole } = campaign[stage];
    const planned = committed > 0 || whole ? batches : undefined;
    return [
      [`${stage}_committed`, whole ? batches : committed],
      [`${stage}_batches`, planned],
      [`${stage}_rows`, storedBy(campaign, stage, facts)],
      [`${stage}_first`, true],
    ];
  });
  return Object.fromEntries(rows);
}

/** Without the statuses that no device has. */
function counted(statuses: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(statuses).filter(([, devices]) => devices > 0));
}

/** The model with the plans that stages were found to have: how many batches a stage takes is the product's to choose, once. */
export function withPlans(model: Model, seen: Seen): Model {
  const campaigns = model.campaigns.map((campaign) => {
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
