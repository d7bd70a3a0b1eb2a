import path from "node:path";
import { heedingStop, passFor } from "../batches.ts";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { count, printable } from "../cli/format.ts";
import type { Context, StageEnd, StageRun } from "../context.ts";
import { interrupted, workerCount } from "../context.ts";
import { type Campaign, campaignFor, createCampaign } from "../db/campaigns.ts";
import { refusedLine, retryLine } from "../db/commit.ts";
import type { FileBatch } from "../db/file-batch.ts";
import { batchRows, roundTripMs } from "../db/latency.ts";
import { committedBatches, lastPass, type Pass } from "../db/ledger.ts";
import { bringsWords, ReportStore } from "../db/reports.ts";
import { Sending } from "../db/sending.ts";
import { Session } from "../db/session.ts";
import { sql } from "../db/sql.ts";
import { existing, seal, stored } from "../stored-fleet.ts";
import { withWorkspace } from "../workspace.ts";
import { type ImportFile, openImport } from "./file.ts";

const SEED = 42;
const REJECTS_SHOWN = 10;
/** Devices of a batch, of which two are in memory at once: one that commits, and the next. */
const MOST_ROWS = 10_000;

/** Stores the devices of a file, in its order, in atomic batches with ledger rows, as `generate` does; goes on where it was stopped. */
export async function importFleet(run: StageRun): Promise<StageEnd> {
  return withImport(run, async (file) => {
    reportReading(run, file);
    reportRejects(run, file);
    const campaign = await prepareCampaign(run, file);
    const last = await lastPass(run.client, campaign.campaign_id, "generate");
    const pass = passFor(run, campaign, "generate", last, Math.ceil(campaign.device_count / campaign.batch_size));
    const { rows, seconds } = await heedingStop(run, store(run, campaign, pass, file));
    // The server may have refused rows, which are no devices of the campaign then.
    const whole = await campaignFor(run.client, campaign.name);
    await seal(run, whole);
    for (const line of unknownWords(file)) run.reporter.note(line);
    await reportContradicted(run, whole);
    return stored(whole, rows, seconds);
  });
}

/** Works with the file that was asked for; what that needs on disk is gone afterwards. */
export function withImport<T>(
  { options, projectRoot, reference }: Pick<Context, "options" | "projectRoot" | "reference">,
  work: (file: ImportFile) => Promise<T>,
): Promise<T> {
  return withWorkspace(path.join(projectRoot, "data", "local", "import"), async (scratch) => {
    const { map, format } = options;
    const file = await openImport(path.resolve(options.from ?? ""), scratch, { ...reference, wanted: { map, format } });
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

/** How the file is read, and what of it is passed over, before anything is stored. */
function reportReading({ reporter }: StageRun, { name, notes, earlier }: ImportFile): void {
  for (const note of notes) reporter.note(printable(`${name}: ${note}`));
  if (earlier > 0)
    reporter.note(`${name}: ${count(earlier)} rows are earlier reports of devices; the latest of each is stored`);
}

/** What to say of words that no table has. */
export function unknownWords({
  name,
  unknown: { words, devices, shown },
}: Pick<ImportFile, "name" | "unknown">): string[] {
  if (words === 0) return [];
  const most = shown
    .map(({ word, devices: having }) => `"${printable(word.slice(0, 60))}" (${count(having)})`)
    .join(", ");
  const more = words > shown.length ? ` and ${count(words - shown.length)} other words` : "";
  return [
    `${name}: ${count(devices)} devices have a status word that is in no table; they are Partial, with the word in last_stage: ${most}${more}`,
  ];
}

/** A server may have said "completed" of devices that rolled back. */
async function reportContradicted({ client, reporter }: StageRun, { campaign_id, name }: Campaign): Promise<void> {
  const { rows } = await client.query<{ devices: number }>(sql("generate.contradicted"), [campaign_id]);
  const devices = rows[0]?.devices ?? 0;
  if (devices === 0) return;
  reporter.note(
    `campaign ${name}: ${count(devices)} devices reported success but another version than the one to be installed; they count as Partial`,
  );
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
  const asked = options.seed === undefined ? {} : { seed: options.seed };
  const wanted = { source: "imported", source_sha256: file.sha256, ...asked } as const;
  const found = await existing(run, name, wanted);
  if (found) return found;
  const made = {
    ...wanted,
    device_count: file.devices,
    name,
    title: `Import of ${file.name}`,
    owner: null,
    source_file: file.name,
    firmware_to: null,
    seed: options.seed ?? SEED,
    rejected_count: file.rejects.length,
    batch_size: options.batchSize ?? Math.min(MOST_ROWS, batchRows(await roundTripMs(run.client), file.devices)),
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
  const done = { batches: 0, rows: 0 };
  if (committed.size < pass.batches) {
    const put = storing(run, pass, campaign.batch_size, (rows) => {
      done.batches += 1;
      done.rows += rows;
      progress.update([{ ...done }]);
    });
    let batch = 0;
    try {
      for await (const records of file.batches(campaign.batch_size)) {
        if (run.signal.aborted) break;
        if (!committed.has(batch)) await put.store(batch, records);
        batch += 1;
      }
      await put.settled();
    } finally {
      await put.close();
    }
    const left = pass.batches - committed.size - done.batches;
    if (left > 0) throw interrupted(run, campaign, "generate", left);
  }
  return { rows: done.rows, seconds: progress.elapsed() };
}

/** Sessions that store by turns: while one waits for the disk, another one works. */
const MOST_SESSIONS = 2;

/**
 * Stores batches over sessions of its own, as workers do: that which holds the lease is none to lose over a batch. While some commit, the
 * next is made ready. A batch that brings new words commits by itself: those behind it count on them.
 */
function storing(run: StageRun, pass: Pass, batchSize: number, onStored: (rows: number) => void) {
  const sessions = Array.from({ length: Math.min(MOST_SESSIONS, workerCount(run)) }, () => new Session(run.target));
  const into = new ReportStore(pass, batchSize);
  const sending = new Sending(sessions, into, {
    ...{ pass, inFlight: sessions.length, onStored },
    stopped: () => run.signal.aborted,
    onRetry: (...retry) => run.reporter.note(retryLine(...retry)),
    onRefused: (...refusal) => run.reporter.note(refusedLine(...refusal)),
  });
  return {
    async store(batch: number, records: FileBatch): Promise<void> {
      const prepared = into.prepare(batch, records);
      const isAlone = bringsWords(prepared);
      if (isAlone) await sending.settled();
      await sending.send(batch, prepared);
      if (isAlone) await sending.settled();
    },
    settled: () => sending.settled(),
    close: () => sending.close(),
  };
}
