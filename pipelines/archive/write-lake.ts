import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import type pg from "pg";
import { withLines } from "../../loaders/line-file.ts";
import type { StageProgress } from "../cli/reporter.ts";
import type { Context } from "../context.ts";
import type { Campaign } from "../db/campaigns.ts";
import type { Target } from "../db/connect.ts";
import { copyOut } from "../db/copy-out.ts";
import { lastPass } from "../db/ledger.ts";
import { SCHEMA } from "../db/migrate.ts";
import { type Bindable, bind, sql } from "../db/sql.ts";
import type { RuleSet } from "../domain/rules.ts";
import { shardAt, shardCount } from "../domain/shards.ts";
import { fingerprint } from "./blocks.ts";
import { type Lines, withEngine } from "./engine.ts";
import { flush } from "./folder.ts";
import {
  campaignFolder,
  LAKE_COLUMNS,
  LAKE_FORMAT,
  LAKE_MANIFEST,
  LAKE_MANIFEST_HASH,
  type LakeFile,
  type LakeManifest,
  partFile,
} from "./lake.ts";
import { loadWords, writePart } from "./lake-engine.ts";
import type { Written } from "./layouts.ts";
import { type CampaignRow, writeManifest } from "./manifest.ts";
import { atOneMoment } from "./reading.ts";

/** Devices of one file. */
const DEVICES_A_PART = 4_000_000;
/** Devices that one statement reads: few enough for a hash of their decisions to stay in the processor's cache. */
const DEVICES_TOGETHER = 100_000;
/** What small tables hold that devices name by numbers, and what persons say of telemetry. */
const WORDS = ["profile", "outcome", "status", "amendment"] as const;

/**
 * Writes a campaign as one wide table in Hive partitions, part by part: neither memory nor the disk beside ever holds more than one.
 * @param devicesAPart about so many; each part is a run of hash buckets, and there are a power of two of them.
 */
export function writeLake(
  context: Context,
  target: Target,
  into: string,
  scratch: string,
  devicesAPart = DEVICES_A_PART,
): Promise<Written> {
  return atOneMoment(context, target, async (client, campaign) => {
    await client.query(sql("archive.wait_for_parts"));
    const rules = context.reference.rules(campaign.rules);
    const parts = shardCount(campaign.device_count, devicesAPart, 1);
    const folder = path.join(into, campaignFolder(campaign.name));
    const stored = (await lastPass(client, campaign.campaign_id, "generate"))?.rows ?? 0;
    const progress = context.reporter.stage("export", campaign.name, stored, "devices");
    const work: Work = { client, campaign, rules, parts, folder, scratch, progress, signal: context.signal };
    const files = await writeParts(work);
    const manifest = await manifestOf(context, work, files);
    writeManifest(folder, { manifest: LAKE_MANIFEST, hash: LAKE_MANIFEST_HASH }, manifest);
    return {
      campaign: campaign.name,
      devices: files.reduce((sum, { rows }) => sum + rows, 0),
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      facts: { files: files.length },
      result: path.basename(folder),
    };
  });
}

interface Work {
  readonly client: pg.Client;
  readonly campaign: Campaign;
  readonly rules: RuleSet;
  /** A power of two. */
  readonly parts: number;
  /** The campaign's own. */
  readonly folder: string;
  readonly scratch: string;
  readonly progress: StageProgress;
  readonly signal: AbortSignal;
}

async function writeParts(work: Work): Promise<LakeFile[]> {
  const { parts, folder, scratch, signal } = work;
  const devices = path.join(scratch, "device.tsv");
  const words = WORDS.map((name) => path.join(scratch, `${name}.tsv`));
  const targets = Array.from({ length: parts }, (_, part) => path.join(folder, partFile(part)));
  const paths = [devices, ...words, ...targets];
  return withEngine({ spill: path.join(scratch, "spill"), paths, memory: MEMORY, signal }, async (db) => {
    await loadWords(db, await pullWords(work));
    const files: LakeFile[] = [];
    for (const [part, target] of targets.entries()) {
      signal.throwIfAborted();
      files.push(await onePart(work, db, part, { devices, target, done: files }));
    }
    return files;
  });
}

/** Enough for the row groups that are under way. */
const MEMORY = "200MB";

async function pullWords(work: Work): Promise<Record<(typeof WORDS)[number], Lines>> {
  const pulled: Partial<Record<(typeof WORDS)[number], Lines>> = {};
  for (const name of WORDS) pulled[name] = await pull(work, path.join(work.scratch, `${name}.tsv`), [`read_${name}`]);
  return pulled as Record<(typeof WORDS)[number], Lines>;
}

type Statement = readonly [name: string, values?: Readonly<Record<string, Bindable>>];

/** What some statements read, one behind the other, as lines of a file. */
async function pull(
  { client, campaign }: Work,
  file: string,
  ...statements: readonly Statement[]
): Promise<Lines & { readonly rows: number }> {
  const { rows, longestLine } = await withLines(file, async (into) => {
    for (const [name, values] of statements) {
      const text = bind(sql(`archive.${name}`), { campaign: campaign.campaign_id, ...values });
      await copyOut(client, text, (bytes, from, to) => into.add(bytes, from, to));
    }
  });
  return { file, rows, longest: longestLine };
}

interface Part {
  /** Where its lines are put, and taken away again. */
  readonly devices: string;
  readonly target: string;
  /** The parts before it. */
  readonly done: readonly LakeFile[];
}

async function onePart(
  work: Work,
  db: DuckDBConnection,
  part: number,
  { devices, target, done }: Part,
): Promise<LakeFile> {
  const { campaign, rules, parts, progress, signal } = work;
  const pulls = Math.max(parts, shardCount(campaign.device_count, DEVICES_TOGETHER, 1)) / parts;
  const statements = Array.from({ length: pulls }, (_, no): Statement => {
    return ["read_placed", { buckets: shardAt(part * pulls + no, parts * pulls).buckets }];
  });
  const lines = await pull(work, devices, ...statements);
  mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 });
  const rows = await writePart(db, rules, lines, target);
  if (rows !== lines.rows) throw new Error(`part ${part} has ${rows} rows of ${lines.rows} devices`);
  rmSync(devices);
  flush(target);
  progress.update([{ batches: 0, rows: done.reduce((sum, file) => sum + file.rows, rows) }]);
  const { buckets } = shardAt(part, parts);
  const { bytes, sha256 } = await fingerprint(target, signal);
  const [first_bucket, last_bucket] = [buckets.at(0) as number, buckets.at(-1) as number];
  return { path: partFile(part), part, first_bucket, last_bucket, rows, bytes, sha256 };
}

async function manifestOf(
  { version }: Context,
  { client, campaign, rules }: Work,
  files: readonly LakeFile[],
): Promise<LakeManifest> {
  const { rows } = await client.query<{ campaign: CampaignRow; seen_at: string }>(sql("archive.campaign"), [
    campaign.campaign_id,
  ]);
  const [row] = rows as [{ campaign: CampaignRow; seen_at: string }];
  return {
    product: "sentinel-ota",
    layout: "lake",
    format: LAKE_FORMAT,
    version,
    schema: SCHEMA,
    ...row,
    rules: { name: rules.name, version: rules.version },
    columns: LAKE_COLUMNS,
    files,
  };
}
