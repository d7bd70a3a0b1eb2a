import { createHash } from "node:crypto";
import { closeSync, fsyncSync, openSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type pg from "pg";
import { withLines } from "../../loaders/line-file.ts";
import { bytes, count, seconds } from "../cli/format.ts";
import type { Context } from "../context.ts";
import { type Campaign, campaignFor } from "../db/campaigns.ts";
import { type Target, withClient } from "../db/connect.ts";
import { copyOut } from "../db/copy-out.ts";
import { campaignDigest } from "../db/digest.ts";
import { lastPass } from "../db/ledger.ts";
import { refuseOtherSchema, SCHEMA } from "../db/migrate.ts";
import { decisionsAreKeyed, reportsAreKeyed } from "../db/partitions.ts";
import { bind, sql } from "../db/sql.ts";
import { BLOCK_BYTES, fingerprint } from "./blocks.ts";
import { type Lines, toParquet, withEngine } from "./engine.ts";
import { explainDisk, explainServer, stopped } from "./failure.ts";
import { folderOf, inPlaceOf, refuseOccupied } from "./folder.ts";
import { type ArchivedFile, type CampaignRow, FORMAT, MANIFEST, MANIFEST_HASH, type Manifest } from "./manifest.ts";
import { type FileName, fileOf, TABLE_NAMES, type TableName } from "./tables.ts";

const NOTHING = "Nothing was written.";

/**
 * Writes a campaign, whole or stopped part-way, into a folder: a Parquet file a table, and a manifest with their hashes. The database is only
 * read, as it is at one moment; others may write meanwhile.
 */
export async function exportCampaign(context: Context, target: Target): Promise<void> {
  const { options, signal, reporter } = context;
  const folder = folderOf(options.to, "--to", context.command);
  const mayReplace = options.replace ?? false;
  const began = performance.now();
  try {
    refuseOccupied(folder, mayReplace);
    const manifest = await inPlaceOf(folder, mayReplace, async (into, scratch) => {
      const pulled = await pull(context, target, scratch);
      reporter.note("export: all rows are read, writing them as Parquet");
      const files = await writeFiles(pulled.lines, into, scratch, signal);
      return writeManifest(into, { ...pulled.known, version: context.version, files });
    });
    reportEnd(context, folder, manifest, (performance.now() - began) / 1000);
  } catch (error) {
    if (signal.aborted) throw stopped(context, NOTHING);
    throw explainDisk(explainServer(error, target, context, NOTHING), folder, "written");
  }
}

type Known = Omit<Manifest, "version" | "files">;
type Pulled = Readonly<Record<TableName, Lines & { readonly rows: number }>>;

/** All that there is to know of the campaign, as it is at one moment. */
function pull(context: Context, target: Target, scratch: string): Promise<{ known: Known; lines: Pulled }> {
  return withClient(target, async (client) => {
    const stop = (): void => void client.end().catch(() => {});
    context.signal.addEventListener("abort", stop);
    try {
      context.signal.throwIfAborted();
      await client.query(sql("archive.begin"));
      await refuseOtherSchema(client);
      const campaign = await campaignFor(client, context.options.campaign);
      const lines = await pullTables(context, client, campaign, scratch);
      context.reporter.note("export: working out the digest");
      const known = await look(client, campaign);
      await client.query("COMMIT");
      return { known, lines };
    } finally {
      context.signal.removeEventListener("abort", stop);
    }
  });
}

/** Rows between two words to the user. */
const ROWS_TOGETHER = 20_000;

async function pullTables(
  { reporter }: Context,
  client: pg.Client,
  campaign: Campaign,
  scratch: string,
): Promise<Pulled> {
  const { campaign_id: id, name } = campaign;
  const stored = (await lastPass(client, id, "generate"))?.rows ?? 0;
  const progress = reporter.stage("export", name, stored, "devices");
  const pulled: Partial<Record<TableName, Lines & { rows: number }>> = {};
  for (const table of TABLE_NAMES) {
    const file = path.join(scratch, `${table}.tsv`);
    const { rows, longestLine } = await withLines(file, (into) =>
      copyOut(client, bind(sql(`archive.read_${table}`), { campaign: id }), (bytes, from, to) => {
        into.add(bytes, from, to);
        if (table === "device" && into.rows % ROWS_TOGETHER === 0) progress.update([{ batches: 0, rows: into.rows }]);
      }),
    );
    pulled[table] = { file, rows, longest: longestLine };
  }
  return pulled as Pulled;
}

async function look(client: pg.Client, { campaign_id: id }: Campaign): Promise<Known> {
  const { rows } = await client.query<{ campaign: CampaignRow; seen_at: string }>(sql("archive.campaign"), [id]);
  const [row] = rows as [{ campaign: CampaignRow; seen_at: string }];
  return {
    product: "sentinel-ota",
    format: FORMAT,
    schema: SCHEMA,
    ...row,
    digest: await campaignDigest(client, id),
    block_bytes: BLOCK_BYTES,
    keyed: { reports: await reportsAreKeyed(client, id), decisions: await decisionsAreKeyed(client, id) },
  };
}

async function writeFiles(
  lines: Pulled,
  into: string,
  scratch: string,
  signal: AbortSignal,
): Promise<Manifest["files"]> {
  const target = (table: TableName): string => path.join(into, fileOf(table));
  const paths = TABLE_NAMES.flatMap((table) => [lines[table].file, target(table)]);
  await withEngine({ spill: path.join(scratch, "spill"), paths, signal }, async (db) => {
    for (const table of TABLE_NAMES) {
      signal.throwIfAborted();
      await toParquet(db, table, lines[table], target(table));
      rmSync(lines[table].file);
    }
  });
  const files: Partial<Record<FileName, ArchivedFile>> = {};
  for (const table of TABLE_NAMES) {
    flush(target(table));
    files[fileOf(table)] = { rows: lines[table].rows, ...(await fingerprint(target(table), signal)) };
  }
  return files as Manifest["files"];
}

function writeManifest(into: string, manifest: Manifest): Manifest {
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  const hash = createHash("sha256").update(text).digest("hex");
  writeFileSync(path.join(into, MANIFEST), text, { flush: true });
  writeFileSync(path.join(into, MANIFEST_HASH), `${hash}  ${MANIFEST}\n`, { flush: true });
  return manifest;
}

/** Has the disk keep a file before anything says that it is there. */
function flush(file: string): void {
  const handle = openSync(file, "r+");
  fsyncSync(handle);
  closeSync(handle);
}

function reportEnd({ reporter }: Context, folder: string, manifest: Manifest, took: number): void {
  const { campaign, digest, files } = manifest;
  const size = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
  const devices = files["device.parquet"].rows;
  const rate = `${count(devices / took)}/s`;
  reporter.ended({
    stage: "export",
    campaign: campaign.name,
    done: devices,
    unit: "devices",
    seconds: took,
    text: `${count(devices)} devices of campaign ${campaign.name}, ${bytes(size)}, in ${seconds(took)} (${rate})`,
    facts: { folder, bytes: size, digest },
  });
  reporter.result(`${folder}\ndigest ${digest}`);
}
