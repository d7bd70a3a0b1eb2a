import { randomUUID } from "node:crypto";
import type pg from "pg";
import { SCAN_BATCH } from "../pipelines/batches.ts";
import { chaosOn } from "../pipelines/corrupt.ts";
import { type Campaign, createCampaign } from "../pipelines/db/campaigns.ts";
import type { Target } from "../pipelines/db/connect.ts";
import { enterRules } from "../pipelines/db/decision-rules.ts";
import { batchesInFlight, batchRows, roundTripMs } from "../pipelines/db/latency.ts";
import type { Pass } from "../pipelines/db/ledger.ts";
import { migrate } from "../pipelines/db/migrate.ts";
import { fleetWords } from "../pipelines/domain/fleet.ts";
import { shardCount } from "../pipelines/domain/shards.ts";
import { type BatchedStage, REPORT_COLUMNS } from "../pipelines/domain/vocabulary.ts";
import type { Reference } from "../pipelines/reference.ts";
import type { Task } from "../pipelines/workers/protocol.ts";

const SEED = 42;

/** What a piece of work is measured on: a database of its own, and a size. */
export interface Place {
  readonly target: Target;
  readonly client: pg.Client;
  readonly devices: number;
  readonly projectRoot: string;
  readonly reference: Reference;
  readonly signal: AbortSignal;
  /** Has something closed when the work is done, or has failed: the last first. */
  readonly atEnd: (close: () => Promise<unknown>) => void;
}

/** A campaign that the sides of one piece of work share. */
export interface Ground extends Place {
  readonly campaign: Campaign;
  /** Milliseconds from a question to its answer. */
  readonly linkMs: number;
  /** Rows of `decision_rule` by rule of the policy. */
  readonly ruleNos: readonly number[];
}

/** Under which all batches of the bench commit. Its databases are its own, so that nobody is asked. */
const LEASE = randomUUID();
const HOLD = `
  INSERT INTO lease (name, run_id, holder, backend_pid, backend_start)
  SELECT 'writer', $1, 'npm run bench', pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()
  ON CONFLICT (name) DO UPDATE SET run_id = excluded.run_id`;

/** Makes the schema and a campaign without devices. */
export async function breakGround(place: Place, name = "bench"): Promise<Ground> {
  const { client, devices, reference } = place;
  await migrate(client);
  await client.query(HOLD, [LEASE]);
  const spec = reference.fleet();
  const linkMs = await roundTripMs(client);
  const campaign = await createCampaign(
    client,
    {
      ...{ name, title: "Bench", owner: null, source: "generated", source_file: null, source_sha256: "" },
      ...{ firmware_to: spec.firmwareTo, seed: SEED, device_count: devices, rejected_count: 0 },
      ...{ batch_size: batchRows(linkMs, devices), reported_columns: REPORT_COLUMNS },
    },
    { words: fleetWords(spec) },
  );
  return { ...place, campaign, linkMs, ruleNos: await enterRules(client, reference.policy("default")) };
}

function passOver({ campaign }: Ground, stage: BatchedStage, batches: number): Pass {
  return { campaignId: campaign.campaign_id, stage, pass: 1, batches, runId: randomUUID(), leaseId: LEASE };
}

/** How a fleet is stored; what is left out is as the stage does it on this link. */
export interface Storing {
  readonly batchSize?: number;
  readonly inFlight?: number;
}

/** The task that stage generate gives its workers. */
export function generateTask(ground: Ground, { batchSize, inFlight }: Storing = {}) {
  const { devices, reference, linkMs, campaign } = ground;
  const rows = batchSize ?? campaign.batch_size;
  return {
    stage: "generate",
    pass: passOver(ground, "generate", Math.ceil(devices / rows)),
    fleet: reference.fleet(),
    seed: SEED,
    deviceCount: devices,
    batchSize: rows,
    inFlight: inFlight ?? batchesInFlight(linkMs),
  } as const satisfies Task;
}

/** The task that stage corrupt gives its workers, by a chaos profile. */
export async function corruptTask(ground: Ground, profile = "default") {
  const { client, devices, reference, campaign } = ground;
  const named = reference.faultProfile(profile);
  return {
    stage: "corrupt",
    pass: passOver(ground, "corrupt", shardCount(devices, SCAN_BATCH)),
    ...(await chaosOn(client, campaign, { profile: named, rate: named.rate, seed: SEED })),
  } as const satisfies Task;
}

/** The task that stage recover gives its workers, by a rule set; where none is named, by the campaign's. */
export function recoverTask(ground: Ground, rules?: string) {
  const { devices, reference, campaign, ruleNos } = ground;
  return {
    stage: "recover",
    pass: passOver(ground, "recover", shardCount(devices, SCAN_BATCH)),
    rules: reference.rules(rules ?? campaign.rules),
    policy: reference.policy("default"),
    ruleNos,
    reported: campaign.reported_columns,
  } as const satisfies Task;
}
