import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { NewCampaign } from "../db/campaigns.ts";
import { BLOCK_BYTES, type Fingerprint } from "./blocks.ts";
import { FILE_NAMES, type FileName } from "./tables.ts";

/** Goes up with every change that an older version could not read. */
export const FORMAT = 3;
/** What stands in an older one is read too, down to this. */
export const OLDEST = 2;
export const MANIFEST = "manifest.json";
/** The manifest's own hash, as `sha256sum --check` reads it. */
export const MANIFEST_HASH = "manifest.sha256";

/** The row of `campaign` as JSON, without its number. */
export type CampaignRow = Pick<NewCampaign, "name" | "source" | "device_count"> & Readonly<Record<string, unknown>>;

/** The file of one table. */
export interface ArchivedFile extends Fingerprint {
  readonly rows: number;
}

/** What `manifest.json` says of an archive. */
export interface Manifest {
  readonly product: "sentinel-ota";
  readonly format: number;
  /** Of Sentinel OTA. */
  readonly version: string;
  /** Number of the last migration. */
  readonly schema: number;
  /** When the database was as it is here, ISO 8601. */
  readonly seen_at: string;
  readonly campaign: CampaignRow;
  /** What the campaign logically is: see `campaignDigest`. */
  readonly digest: string;
  /** Which tables had their key: a stage that is over has given it to them. */
  readonly keyed: { readonly reports: boolean; readonly decisions: boolean };
  /** Bytes of a block that has a hash of its own. */
  readonly block_bytes: number;
  readonly files: Readonly<Record<FileName, ArchivedFile>>;
}

/** Writes a manifest, and beside it its own hash, each under the name that it is given. */
export function writeManifest(
  folder: string,
  names: { readonly manifest: string; readonly hash: string },
  says: object,
): void {
  const text = `${JSON.stringify(says, null, 2)}\n`;
  const hash = createHash("sha256").update(text).digest("hex");
  writeFileSync(path.join(folder, names.manifest), text, { flush: true });
  writeFileSync(path.join(folder, names.hash), `${hash}  ${names.manifest}\n`, { flush: true });
}

/** Why a text is no manifest that can be used. */
export class BadManifest extends Error {
  readonly remedy: string;

  constructor(what: string, remedy: string) {
    super(what);
    this.remedy = remedy;
  }
}

const DAMAGED = "Take another copy of the export.";
const OLDER = "Export the campaign again with this version of Sentinel OTA.";
const NEWER = "Update Sentinel OTA to import it.";

/**
 * Reads a manifest. It may come from anybody: what it names is looked at before it is used.
 * @param schema number of the last migration that this version knows.
 * @throws BadManifest
 */
export function parseManifest(text: string, schema: number): Manifest {
  const made = objectOf(parsed(text), "it");
  if (made.product !== "sentinel-ota") throw new BadManifest("is of no export of Sentinel OTA", DAMAGED);
  if (isCount(made.format) && made.format > FORMAT) {
    const by = `${String(made.version)
      .replaceAll(/[^\w.-]/g, "?")
      .slice(0, 40)}, format ${made.format}; this one reads up to ${FORMAT}`;
    throw new BadManifest(`was written by a newer Sentinel OTA (${by})`, NEWER);
  }
  if (isCount(made.format) && made.format < OLDEST)
    throw new BadManifest(
      `is of format ${made.format}, which knew no decisions of persons; this one reads ${OLDEST} to ${FORMAT}`,
      OLDER,
    );
  check(isCount(made.format), "format");
  if (isCount(made.schema) && made.schema > schema)
    throw new BadManifest(`is of a newer schema (${made.schema}; this version knows ${schema})`, NEWER);
  check(isCount(made.schema), "schema");
  for (const name of ["version", "seen_at"]) check(typeof made[name] === "string", name);
  check(isHash(made.digest), "digest");
  const keyed = objectOf(made.keyed, "keyed");
  check(typeof keyed.reports === "boolean" && typeof keyed.decisions === "boolean", "keyed");
  check(made.block_bytes === BLOCK_BYTES, "block_bytes");
  checkCampaign(objectOf(made.campaign, "campaign"));
  checkFiles(objectOf(made.files, "files"));
  return made as unknown as Manifest;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadManifest("is not JSON", DAMAGED);
  }
}

/** As `--campaign` takes it: nothing that a terminal or a file's name would make something of. */
const NAME = /^\w[\w .-]{0,99}$/;

function checkCampaign(row: Readonly<Record<string, unknown>>): void {
  check(typeof row.name === "string" && NAME.test(row.name), "campaign.name");
  check(row.source === "generated" || row.source === "imported", "campaign.source");
  check(isCount(row.device_count), "campaign.device_count");
  check(row.rules === undefined || (typeof row.rules === "string" && NAME.test(row.rules)), "campaign.rules");
}

/** The files are those of the tables, no more and no fewer: a manifest can't name any other. */
function checkFiles(files: Readonly<Record<string, unknown>>): void {
  const stranger = Object.keys(files).find((name) => !FILE_NAMES.includes(name as FileName));
  if (stranger !== undefined)
    throw new BadManifest(`names a file that no export has: ${JSON.stringify(stranger.slice(0, 80))}`, DAMAGED);
  for (const name of FILE_NAMES) {
    const file = objectOf(files[name], name);
    check(isCount(file.rows) && isCount(file.bytes) && isHash(file.sha256), name);
    check(Array.isArray(file.blocks) && file.blocks.every(isHash), name);
  }
}

function check(holds: boolean, what: string): void {
  if (!holds) throw new BadManifest(`says nothing that can be used of ${what}`, DAMAGED);
}

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  check(typeof value === "object" && value !== null && !Array.isArray(value), what);
  return value as Record<string, unknown>;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isHash = (value: unknown): boolean => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
