import { rmSync } from "node:fs";
import path from "node:path";
import type pg from "pg";
import { withLines } from "../../loaders/line-file.ts";
import type { Context } from "../context.ts";
import type { Campaign } from "../db/campaigns.ts";
import type { Target } from "../db/connect.ts";
import { copyOut } from "../db/copy-out.ts";
import { campaignDigest } from "../db/digest.ts";
import { lastPass } from "../db/ledger.ts";
import { SCHEMA } from "../db/migrate.ts";
import { decisionsAreKeyed, reportsAreKeyed } from "../db/partitions.ts";
import { bind, sql } from "../db/sql.ts";
import { BLOCK_BYTES, fingerprint } from "./blocks.ts";
import { type Lines, toParquet, withEngine } from "./engine.ts";
import { flush } from "./folder.ts";
import type { Written } from "./layouts.ts";
import {
  type ArchivedFile,
  type CampaignRow,
  FORMAT,
  MANIFEST,
  MANIFEST_HASH,
  type Manifest,
  writeManifest,
} from "./manifest.ts";
import { atOneMoment } from "./reading.ts";
import { type FileName, fileOf, TABLE_NAMES, type TableName } from "./tables.ts";

/** Writes all of a campaign's tables, one Parquet file each, and a manifest: what `import` brings back. */
export async function writeTables(context: Context, target: Target, into: string, scratch: string): Promise<Written> {
  const pulled = await pull(context, target, scratch);
  context.reporter.note("export: all rows are read, writing them as Parquet");
  const files = await writeFiles(pulled.lines, into, scratch, context.signal);
  const manifest: Manifest = { ...pulled.known, version: context.version, files };
  writeManifest(into, { manifest: MANIFEST, hash: MANIFEST_HASH }, manifest);
  const { campaign, digest } = manifest;
  return {
    campaign: campaign.name,
    devices: files["device.parquet"].rows,
    bytes: Object.values(files).reduce((sum, file) => sum + file.bytes, 0),
    facts: { digest },
    result: `digest ${digest}`,
  };
}

type Known = Omit<Manifest, "version" | "files">;
type Pulled = Readonly<Record<TableName, Lines & { readonly rows: number }>>;

function pull(context: Context, target: Target, scratch: string): Promise<{ known: Known; lines: Pulled }> {
  return atOneMoment(context, target, async (client, campaign) => {
    const lines = await pullTables(context, client, campaign, scratch);
    context.reporter.note("export: working out the digest");
    return { known: await look(client, campaign), lines };
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
