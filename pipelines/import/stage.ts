import path from "node:path";
import { passFor } from "../batches.ts";
import { resumeCommand } from "../cli/again.ts";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { printable } from "../cli/format.ts";
import type { Context, StageEnd, StageRun } from "../context.ts";
import { interrupted } from "../context.ts";
import { type Campaign, createCampaign } from "../db/campaigns.ts";
import { batchRows, roundTripMs } from "../db/latency.ts";
import { committedBatches, lastPass, type Pass } from "../db/ledger.ts";
import { ReportStore } from "../db/reports.ts";
import { isDuplicate } from "../db/retry.ts";
import { existing, seal, stored } from "../stored-fleet.ts";
import { withWorkspace } from "../workspace.ts";
import { type ImportFile, openImport } from "./file.ts";

const SEED = 42;
const REJECTS_SHOWN = 10;

/** Stores the devices of a file, in its order, in atomic batches with ledger rows, as `generate` does; goes on where it was stopped. */
export async function importFleet(run: StageRun): Promise<StageEnd> {
  return withImport(run, async (file) => {
    reportRejects(run, file);
    const campaign = await prepareCampaign(run, file);
    const last = await lastPass(run.client, campaign.campaign_id, "generate");
    const pass = passFor(run, campaign, "generate", last, Math.ceil(campaign.device_count / campaign.batch_size));
    const { rows, seconds } = await store(run, campaign, pass, file);
    await seal(run, campaign);
    return stored(campaign, rows, seconds);
  });
}

/** Works with the file that was asked for; what that needs on disk is gone afterwards. */
export function withImport<T>(
  { options, projectRoot }: Pick<Context, "options" | "projectRoot">,
  work: (file: ImportFile) => Promise<T>,
): Promise<T> {
  return withWorkspace(path.join(projectRoot, "data", "local", "import"), async (scratch) => {
    const file = await openImport(path.resolve(options.from ?? ""), scratch);
    try {
      return await work(file);
    } finally {
      file.close();
    }
  });
}

/** The name of an import's campaign where none is given: the same for the same file. */
export function importedName({ name, sha256 }: Pick<ImportFile, "name" | "sha256">): string {
  const stem = path
    .parse(name)
    .name.replaceAll(/[^\w.-]+/g, "-")
    .slice(0, 60);
  return `import-${stem || "file"}-${sha256.slice(0, 8)}`;
}

/** Row by row on the screen as far as one reads it, all of them in `import_reject`, and always the count. */
function reportRejects({ reporter }: StageRun, { rejects, name }: ImportFile): void {
  for (const { rowNo, reason, deviceId } of rejects.slice(0, REJECTS_SHOWN)) {
    reporter.note(`${name} row ${rowNo}${deviceId ? ` ("${printable(deviceId)}")` : ""} can't be stored: ${reason}`);
  }
  const more = rejects.length - REJECTS_SHOWN;
  if (more > 0) reporter.note(`${name}: ${more} more rows can't be stored; all are in table import_reject`);
}

async function prepareCampaign(run: StageRun, file: ImportFile): Promise<Campaign> {
  const { options } = run;
  if (file.devices === 0) {
    throw new SentinelError({
      exitCode: EXIT.usage,
      cause: `${file.name} holds no device that can be stored.`,
      remedy: `It needs rows with device_id and update_status; ${file.rejects.length} rows were refused.`,
    });
  }
  const name = options.campaign ?? importedName(file);
  const wanted = { source: "imported", source_sha256: file.sha256, device_count: file.devices } as const;
  const found = await existing(run, name, wanted);
  if (found) return found;
  const made = {
    ...wanted,
    name,
    title: `Import of ${file.name}`,
    owner: null,
    source_file: file.name,
    firmware_to: null,
    seed: options.seed ?? SEED,
    rejected_count: file.rejects.length,
    batch_size: options.batchSize ?? batchRows(await roundTripMs(run.client), file.devices),
    reported_columns: file.reported,
  };
  return createCampaign(run.client, made, { rejects: file.rejects });
}

async function store(
  run: StageRun,
  campaign: Campaign,
  pass: Pass,
  file: ImportFile,
): Promise<{ rows: number; seconds: number }> {
  const committed = new Set(await committedBatches(run.client, pass));
  const before = Math.min(campaign.device_count, committed.size * campaign.batch_size);
  const progress = run.reporter.stage("generate", campaign.name, campaign.device_count, "devices", before);
  let batch = 0;
  let rows = 0;
  let batches = 0;
  if (committed.size < pass.batches) {
    const into = await ReportStore.open(run.client, pass);
    for await (const reports of file.reports(campaign.batch_size)) {
      if (run.signal.aborted) throw interrupted(run, "generate", pass.batches - committed.size - batches);
      if (!committed.has(batch)) {
        await into.store(batch, reports, batch * campaign.batch_size).catch((error) => {
          throw isDuplicate(error) ? overtaken(run, error) : error;
        });
        rows += reports.length;
        batches += 1;
        progress.update([{ batches, rows }]);
      }
      batch += 1;
    }
  }
  return { rows, seconds: progress.elapsed() };
}

/** The session of a command that was killed may live on just long enough to commit the same batch. */
function overtaken({ command, options }: StageRun, error: unknown): SentinelError {
  return new SentinelError(
    {
      exitCode: EXIT.resumable,
      cause: "A command that was killed stored the same batch just now.",
      remedy: "Every batch that committed is safe. Continue:",
      command: resumeCommand(command, options),
    },
    { cause: error },
  );
}
