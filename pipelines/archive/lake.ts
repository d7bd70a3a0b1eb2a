import type { CampaignRow } from "./manifest.ts";

/** Names that begin so are passed over by what reads the folder as a table. */
export const LAKE_MANIFEST = "_manifest.json";
export const LAKE_MANIFEST_HASH = "_manifest.sha256";
/** Goes up with every change of the columns. */
export const LAKE_FORMAT = 1;

/** Of DuckDB; in Parquet none is unsigned, and times are microseconds of UTC. */
export type LakeType = "VARCHAR" | "INTEGER" | "DOUBLE" | "TIMESTAMP WITH TIME ZONE";

const [TEXT, WHOLE, NUMBER, TIME] = ["VARCHAR", "INTEGER", "DOUBLE", "TIMESTAMP WITH TIME ZONE"] as const;

/** The columns of a lake's files, in order. What ends in `_raw` is the text that was sent; without it, NULL where a rule finds fault. */
export const LAKE_COLUMNS = {
  ...{ device_id: TEXT, bucket: WHOLE, region: TEXT, model: TEXT, hardware: TEXT, firmware_from: TEXT },
  ...{ firmware_to: TEXT, firmware_reported: TEXT, last_stage: TEXT, error_code: TEXT },
  ...{ attempts: WHOLE, battery_voltage: NUMBER, signal_strength: NUMBER, storage_free_mb: NUMBER, reported_at: TIME },
  ...{ attempts_raw: TEXT, battery_voltage_raw: TEXT, signal_strength_raw: TEXT, storage_free_mb_raw: TEXT },
  ...{ reported_at_raw: TEXT, reported_status: TEXT, update_status: TEXT, action: TEXT },
} as const satisfies Readonly<Record<string, LakeType>>;

/** A file of a lake. */
export interface LakeFile {
  /** Below the campaign's folder. */
  readonly path: string;
  readonly part: number;
  /** Those of its devices. */
  readonly first_bucket: number;
  readonly last_bucket: number;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** What `_manifest.json` says of a campaign in a lake. */
export interface LakeManifest {
  readonly product: "sentinel-ota";
  readonly layout: "lake";
  readonly format: number;
  /** Of Sentinel OTA. */
  readonly version: string;
  /** Number of the last migration. */
  readonly schema: number;
  /** When the database was as it is here, ISO 8601. */
  readonly seen_at: string;
  readonly campaign: CampaignRow;
  /** By which the numbers were judged. */
  readonly rules: { readonly name: string; readonly version: number };
  readonly columns: Readonly<Record<string, LakeType>>;
  readonly files: readonly LakeFile[];
}

/** The folder of a campaign's partition: what its name may hold that a path may not is escaped, as Hive does. */
export const campaignFolder = (name: string): string => `campaign=${encodeURIComponent(name)}`;

/** The file of a part, below the campaign's folder. */
export const partFile = (part: number): string => `part=${part}/data_0.parquet`;
