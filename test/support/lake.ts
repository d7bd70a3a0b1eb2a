import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { DuckDBInstance, type JS } from "@duckdb/node-api";
import { LAKE_MANIFEST, LAKE_MANIFEST_HASH, type LakeManifest } from "../../pipelines/archive/lake.ts";
import { readNumber } from "../../pipelines/domain/predicate.ts";
import { query } from "./fleet.ts";

/** A row of a lake as one engine or the other gives it. */
export type LakeRow = Record<string, JS>;

/** What the columns of a lake's files are in Parquet's own words, each kind once. */
export const typesInFiles = (lake: string): Promise<LakeRow[]> =>
  askLake(
    lake,
    `SELECT DISTINCT type, converted_type AS means, logical_type LIKE '%isAdjustedToUTC=1,%MICROS=MicroSeconds%' AS is_utc
     FROM parquet_schema('${path.join(lake, "*", "*", "*.parquet")}')
     WHERE type IS NOT NULL
     ORDER BY type`,
  );

/** Asks an engine of its own about a lake, as view `device`, whose partitions are read as Hive names them. */
export async function askLake(lake: string, question: string): Promise<LakeRow[]> {
  const instance = await DuckDBInstance.create(":memory:");
  const db = await instance.connect();
  try {
    const files = path.join(lake, "**", "*.parquet");
    await db.run(
      `CREATE VIEW device AS FROM read_parquet('${files}', hive_partitioning = true, hive_types = {'campaign': VARCHAR, 'part': INTEGER})`,
    );
    return (await db.runAndReadAll(question)).getRowObjectsJS();
  } finally {
    db.closeSync();
    instance.closeSync();
  }
}

/** All rows of a lake, without what their partitions are called; times in milliseconds. As JSON, since the reader takes a byte order mark off a text. */
export async function rowsInLake(lake: string): Promise<LakeRow[]> {
  const rows = await askLake(
    lake,
    `SELECT to_json(d) AS line
     FROM (SELECT * EXCLUDE (campaign, part) REPLACE (epoch_ms(reported_at) AS reported_at) FROM device) d
     ORDER BY device_id`,
  );
  return rows.map(({ line }) => JSON.parse(line as string) as LakeRow);
}

const sha256 = (content: string | Buffer): string => createHash("sha256").update(content).digest("hex");

/**
 * Holds a lake of one campaign to what it says of itself.
 * @returns a hash of its rows. @throws Error where a file is missing, too many or not as the manifest says.
 */
export async function wholeLake(lake: string): Promise<string> {
  const [partition = "", ...others] = readdirSync(lake);
  if (others.length > 0) throw new Error(`the lake also holds ${others.join(", ")}`);
  const folder = path.join(lake, partition);
  const manifest = readFileSync(path.join(folder, LAKE_MANIFEST));
  const said = readFileSync(path.join(folder, LAKE_MANIFEST_HASH), "utf8");
  if (said !== `${sha256(manifest)}  ${LAKE_MANIFEST}\n`) throw new Error(`${LAKE_MANIFEST} is not what was written`);
  const { files } = JSON.parse(manifest.toString()) as LakeManifest;
  const names = [LAKE_MANIFEST, LAKE_MANIFEST_HASH, ...files.map((file) => file.path)].sort();
  const found = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  if (found.sort().join() !== names.join()) throw new Error(`the lake holds ${found.join(", ")}`);
  for (const file of files) {
    const content = readFileSync(path.join(folder, file.path));
    if (content.length !== file.bytes || sha256(content) !== file.sha256) throw new Error(`${file.path} is torn`);
  }
  return sha256(JSON.stringify(await rowsInLake(lake)));
}

/**
 * The rows that a lake of the current campaign must hold, told by PostgreSQL's own views. What those do not say as a number (`attempts` and
 * `reported_at`) follows from the text that was sent and from what the rules find on it.
 */
export async function rowsOfDatabase(url: string): Promise<LakeRow[]> {
  const rows = await query<LakeRow & { distrusted: string[] }>(
    url,
    `SELECT l.device_id, l.bucket, l.region, l.model, l.hardware, l.firmware_from, l.firmware_to, l.firmware_reported,
       l.last_stage, l.error_code, l.attempts, t.battery_voltage, t.signal_strength, t.storage_free_mb, l.reported_at,
       l.attempts AS attempts_raw, l.battery_voltage AS battery_voltage_raw, l.signal_strength AS signal_strength_raw,
       l.storage_free_mb AS storage_free_mb_raw, l.reported_at AS reported_at_raw,
       l.reported_status, l.update_status, l.action, f.distrusted
     FROM ota_logs l
     JOIN ota_telemetry t ON t.bucket = l.bucket AND t.device_id = l.device_id
     LEFT JOIN (
       SELECT bucket, device_id, array_agg(field) AS distrusted
       FROM telemetry_finding JOIN current_campaign USING (campaign_id)
       WHERE effect <> 'warn'
       GROUP BY bucket, device_id
     ) f ON f.bucket = l.bucket AND f.device_id = l.device_id
     ORDER BY l.device_id COLLATE "C"`,
  );
  return rows.map(({ distrusted, ...row }) => {
    const trusts = (field: string): boolean => !distrusted?.includes(field);
    return {
      ...(JSON.parse(JSON.stringify(row)) as LakeRow), // a zero has no sign
      attempts: trusts("attempts") ? whole(row.attempts as string | null) : null,
      reported_at: trusts("reported_at") ? moment(row.reported_at as string | null) : null,
    };
  });
}

function whole(text: string | null): number | null {
  const number = readNumber(text);
  return Number.isInteger(number) && Math.abs(number) < 2 ** 31 ? number : null;
}

/** A time as devices send it; a day that no month has is none. */
function moment(text: string | null): number | null {
  if (text === null || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/.test(text) || text < "0001") return null;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 19) !== text.slice(0, 19) ? null : date.getTime();
}
