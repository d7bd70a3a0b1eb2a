import path from "node:path";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { bytes, count, seconds } from "../cli/format.ts";
import type { Context, StageEnd, StageRun } from "../context.ts";
import { type Campaign, campaignFor, findCampaign, makeCurrent } from "../db/campaigns.ts";
import { campaignDigest } from "../db/digest.ts";
import { inTransaction } from "../db/transaction.ts";
import { withWorkspace } from "../workspace.ts";
import { withEngine } from "./engine.ts";
import { explainDisk, explainServer, NOTHING_STORED, stopped } from "./failure.ts";
import { folderOf } from "./folder.ts";
import { storeAll } from "./load.ts";
import { TABLE_NAMES } from "./tables.ts";
import { type Archive, openArchive } from "./verify.ts";

/** The export that was asked for, verified to the last byte; nothing is asked of the database for it. */
export async function verified(context: Context): Promise<Archive> {
  const { options, command, signal, reporter } = context;
  const folder = folderOf(options.from, "--from", command);
  try {
    const archive = await openArchive(folder, signal);
    const files = Object.values(archive.manifest.files);
    const size = files.reduce((sum, file) => sum + file.bytes, 0);
    reporter.note(`import: ${files.length} files, ${bytes(size)}, are as they were written`);
    return archive;
  } catch (error) {
    throw signal.aborted ? stopped(context, NOTHING_STORED) : explainDisk(error, folder, "read");
  }
}

/**
 * Stores an exported campaign under its name or another one, whole or not at all: in one transaction, which commits only if the digest is
 * the manifest's. A campaign of that name that is the same already is left as it is.
 */
export async function importCampaign(run: StageRun, archive: Archive): Promise<StageEnd> {
  const { client, options, signal, target } = run;
  const { manifest } = archive;
  const name = options.campaign ?? manifest.campaign.name;
  const began = performance.now();
  try {
    const found = await findCampaign(client, name);
    if (found && !options.replace) return await alreadyThere(run, found, archive);
    const scratch = path.join(run.projectRoot, "data", "local", "import");
    const paths = TABLE_NAMES.map((table) => archive.path(table));
    await withWorkspace(scratch, (spill) =>
      withEngine({ spill, paths, signal }, (db) =>
        inTransaction(client, () => storeAll({ run, archive, db, name, found })),
      ),
    );
    return ended(await campaignFor(client, name), archive, (performance.now() - began) / 1000);
  } catch (error) {
    if (signal.aborted && !(error instanceof SentinelError)) throw stopped(run, NOTHING_STORED);
    throw explainServer(explainRows(error, archive), target, run, NOTHING_STORED);
  }
}

/** Doing it again changes nothing; something else of the same name is never overwritten unasked. */
async function alreadyThere(run: StageRun, found: Campaign, archive: Archive): Promise<StageEnd> {
  const { client, command } = run;
  if ((await campaignDigest(client, found.campaign_id)) === archive.manifest.digest) {
    await makeCurrent(client, found);
    return ended(found, archive, 0);
  }
  throw new SentinelError({
    exitCode: EXIT.usage,
    cause: `Campaign ${found.name} is there already, and is another one than the export holds.`,
    remedy: "Give the imported one a name with --campaign NAME, or delete the old one with --replace:",
    command: `npm run ${command} -- --from ${archive.folder} --campaign ${found.name}-2`,
  });
}

/** Rows that the schema refuses: values and keys that no export writes. */
function explainRows(error: unknown, { folder }: Archive): unknown {
  const { code, message } = error as { code?: unknown; message?: string };
  if (typeof code !== "string" || !/^2[23]/.test(code)) return error;
  return new SentinelError(
    {
      exitCode: EXIT.validation,
      cause: `What ${folder} holds can't be stored: ${message}.`,
      remedy: `${NOTHING_STORED} Its files are as they were written, so it was written wrongly: export the campaign again.`,
    },
    { cause: error },
  );
}

function ended(campaign: Campaign, { folder, manifest }: Archive, took: number): StageEnd {
  const devices = manifest.files["device.parquet"].rows;
  const { digest } = manifest;
  const all = count(devices);
  const text =
    took === 0
      ? `campaign ${campaign.name} is what the export holds already, all ${all} devices`
      : `${all} devices stored in ${seconds(took)} (${count(devices / took)}/s), campaign ${campaign.name}, digest as exported`;
  return {
    campaign,
    result: {
      ...{
        stage: "import",
        campaign: campaign.name,
        done: took === 0 ? 0 : devices,
        unit: "devices",
        seconds: took,
        text,
      },
      facts: { folder, digest },
    },
  };
}
