import { createHash } from "node:crypto";
import { isApart, passFor, runBatches } from "./batches.ts";
import { EXIT, SentinelError } from "./cli/errors.ts";
import type { Options } from "./cli/options.ts";
import type { StageEnd, StageRun } from "./context.ts";
import { type Campaign, campaignFor, createCampaign, makeCurrent, type NewCampaign } from "./db/campaigns.ts";
import { batchesInFlight, batchRows, roundTripMs } from "./db/latency.ts";
import { lastPass } from "./db/ledger.ts";
import { enterWords } from "./db/reports.ts";
import { type FleetSpec, fleetWords } from "./domain/fleet.ts";
import { REPORT_COLUMNS } from "./domain/vocabulary.ts";
import { existing, finishing, isStored, seal, stored } from "./stored-fleet.ts";

const DEVICES = 10_000;
const SEED = 42;

/** Stores a fleet: generated from the seed, or imported with `--from`. Goes on where an earlier run was stopped. */
export async function generate(run: StageRun): Promise<StageEnd> {
  const { resume, replace } = run.options;
  if (resume && replace) {
    throw new SentinelError({
      exitCode: EXIT.usage,
      cause: "--resume goes on with a campaign, --replace deletes it.",
      remedy: "Give one of the two.",
    });
  }
  if (run.options.from !== undefined) {
    const { importFleet } = await import("./import/stage.ts");
    return importFleet(run);
  }
  const spec = run.reference.fleet();
  const campaign = await prepareCampaign(run, spec);
  const { device_count: devices, batch_size: batchSize } = campaign;
  const last = await lastPass(run.client, campaign.campaign_id, "generate");
  const before = last?.rows ?? 0;
  if (await isStored(run, campaign)) return stored(campaign, 0, 0);
  if (!last) await enterWords(run.client, campaign.campaign_id, fleetWords(spec));
  const pass = passFor(run, campaign, "generate", last, Math.ceil(devices / batchSize));
  const inFlight = batchesInFlight(await roundTripMs(run.client));
  const { rows, elapsed } = await runBatches(run, {
    campaign,
    task: { stage: "generate", pass, fleet: spec, seed: campaign.seed, deviceCount: devices, batchSize, inFlight },
    unit: "devices",
    total: devices,
    before,
  });
  await seal(run, campaign);
  return stored(campaign, rows, elapsed());
}

/** The fleet that options ask for, and the name of its campaign. */
export function generatedFleet({ devices = DEVICES, seed = SEED, campaign }: Options) {
  return { devices, seed, name: campaign ?? `fleet-${devices}-seed-${seed}` };
}

async function prepareCampaign(run: StageRun, spec: FleetSpec): Promise<Campaign> {
  const { options, client } = run;
  const specHash = createHash("sha256").update(JSON.stringify(spec)).digest("hex");
  if (options.resume) return resumedCampaign(run, specHash);
  const { name, devices, seed } = generatedFleet(options);
  const wanted = { source: "generated", source_sha256: specHash, seed, device_count: devices } as const;
  const found = await existing(run, name, wanted);
  if (found) return found;
  const campaign: NewCampaign = {
    ...wanted,
    ...(await people(seed)),
    name,
    source_file: null,
    firmware_to: spec.firmwareTo,
    rejected_count: 0,
    batch_size: options.batchSize ?? batchRows(await roundTripMs(client), devices, isApart(run, devices)),
    reported_columns: REPORT_COLUMNS,
  };
  return createCampaign(client, campaign, { words: fleetWords(spec) });
}

async function resumedCampaign(run: StageRun, specHash: string): Promise<Campaign> {
  const campaign = await campaignFor(run.client, run.options.campaign);
  const { name, source, source_file: file, device_count, seed: own } = campaign;
  const { devices, seed } = run.options;
  const isWhole = await isStored(run, campaign);
  const refuse = (cause: string, remedy: string, command?: string): never => {
    throw new SentinelError({ exitCode: EXIT.usage, cause, remedy, ...(command === undefined ? {} : { command }) });
  };
  if (source === "imported" && !isWhole) {
    const command = finishing(run, "generate", campaign);
    refuse(`Campaign ${name} is an import of ${file}.`, "Name the file again, from where it lies:", command);
  }
  if (devices !== undefined && devices !== device_count) {
    refuse(`Campaign ${name} has ${device_count} devices, not ${devices}.`, "Leave --devices out to resume it.");
  }
  if (seed !== undefined && seed !== own) {
    refuse(`Campaign ${name} has seed ${own}, not ${seed}.`, "Leave --seed out to resume it.");
  }
  if (specHash !== campaign.source_sha256 && !isWhole) {
    refuse(
      `data/*.csv has changed since campaign ${name} began, so the rest of it would be another fleet.`,
      "Take the old files back to resume it, or start over with --replace.",
    );
  }
  await makeCurrent(run.client, campaign);
  return campaign;
}

/** What a person reads as the name of the rollout, and who answers for it: invented, by the seed. */
async function people(seed: number): Promise<{ title: string; owner: string }> {
  const { faker } = await import("@faker-js/faker/locale/en");
  faker.seed(seed);
  const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
  return {
    title: `${capital(faker.word.adjective())} ${capital(faker.animal.bird().split(" ").at(-1) ?? "Finch")} rollout`,
    owner: faker.person.fullName(),
  };
}
