import { randomUUID } from "node:crypto";
import type pg from "pg";
import { SCAN_BATCH } from "../pipelines/corrupt.ts";
import { type Campaign, createCampaign } from "../pipelines/db/campaigns.ts";
import type { Target } from "../pipelines/db/connect.ts";
import type { Pass } from "../pipelines/db/ledger.ts";
import { migrate } from "../pipelines/db/migrate.ts";
import { shardCount } from "../pipelines/domain/shards.ts";
import { type BatchedStage, REPORT_COLUMNS } from "../pipelines/domain/vocabulary.ts";
import type { Reference } from "../pipelines/reference.ts";
import { STORE_BATCH } from "../pipelines/stored-fleet.ts";
import type { Task } from "../pipelines/workers/protocol.ts";

const SEED = 42;

/** What the sides of one fleet share. */
export interface Ground {
  readonly target: Target;
  readonly client: pg.Client;
  readonly campaign: Campaign;
  readonly devices: number;
  readonly reference: Reference;
  readonly signal: AbortSignal;
}

export type GroundParts = Omit<Ground, "campaign">;

/** Makes the schema and a campaign without devices. */
export async function breakGround(parts: GroundParts): Promise<Ground> {
  const { client, devices, reference } = parts;
  await migrate(client);
  const campaign = await createCampaign(
    client,
    {
      name: "bench",
      title: "Bench",
      owner: null,
      source: "generated",
      source_file: null,
      source_sha256: "",
      firmware_to: reference.fleet().firmwareTo,
      seed: SEED,
      device_count: devices,
      rejected_count: 0,
      batch_size: STORE_BATCH,
      reported_columns: REPORT_COLUMNS,
    },
    [],
  );
  return { ...parts, campaign };
}

/** The task that the stage of that name gives its workers. */
export function taskOf({ campaign, devices, reference }: Ground, stage: BatchedStage): Task {
  const passOver = (batches: number): Pass => ({
    campaignId: campaign.campaign_id,
    stage,
    pass: 1,
    batches,
    runId: randomUUID(),
  });
  const shards = passOver(shardCount(devices, SCAN_BATCH));
  const reported = campaign.reported_columns;
  switch (stage) {
    case "generate": {
      const pass = passOver(Math.ceil(devices / STORE_BATCH));
      const fleet = reference.fleet();
      return { stage, pass, fleet, seed: SEED, deviceCount: devices, batchSize: STORE_BATCH };
    }
    case "corrupt": {
      const profile = reference.faultProfile("default");
      return { stage, pass: shards, profile, rate: profile.rate, seed: SEED, reported };
    }
    case "recover":
      return { stage, pass: shards, rules: reference.rules(), policy: reference.policy("default"), reported };
  }
}
