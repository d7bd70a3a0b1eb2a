import { createPartitions, makeCurrent } from "./partitions.ts";
import type { Trial } from "./warehouse.ts";

const CAMPAIGN = `INSERT INTO campaign
    (campaign_id, name, title, source, source_sha256, seed, device_count, batch_size, reported_columns, created_at)
  VALUES (1, $1, 'Edge', 'imported', repeat('0', 64), 9007199254740993, 0, 500, $2, '2026-01-01 00:00:00+00')`;

/** Makes campaign 1 the current one; it has no devices yet. */
export async function campaign({ client }: Trial, name: string, columns: readonly string[]): Promise<void> {
  await client.query(CAMPAIGN, [name, columns]);
  await createPartitions(client, 1);
  await makeCurrent(client, 1);
}

/** What a device reports; words that are left out are absent. */
export interface Report {
  readonly region?: string | null;
  readonly model?: string | null;
  readonly firmware?: string | null;
  readonly battery?: string | null;
  readonly signal?: string | null;
  readonly storage?: string | null;
  readonly stage?: string | null;
  readonly error?: string | null;
  readonly status: string;
  /** What the device counts as, where that is not its status. */
  readonly counted?: string;
}

const REPORT = `
  WITH place AS (
    SELECT count(*)::int AS no FROM stored_report WHERE campaign_id = 1
  ), profile AS (
    INSERT INTO device_profile (campaign_id, profile_no, region, model, firmware_from)
    SELECT 1, no, $2, $3, $4 FROM place
  ), outcome AS (
    INSERT INTO update_outcome (campaign_id, outcome_no, last_stage, error_code, update_status, counted_status)
    SELECT 1, no, $8, $9, $10, coalesce($11, $10) FROM place
  )
  INSERT INTO stored_report
    (bucket, campaign_id, device_no, profile_no, outcome_no, device_id, battery_voltage, signal_strength, storage_free_mb)
  SELECT no % 1024, 1, no, no, no, $1, $5, $6, $7 FROM place`;

/** Stores a device of campaign 1, with a profile and an outcome of its own: equal words under two numbers must be found equal. */
export async function report({ client }: Trial, id: string, told: Report): Promise<void> {
  const { region, model, firmware, battery, signal, storage, stage, error, status, counted } = told;
  const words = [region, model, firmware, battery, signal, storage, stage, error].map((word) => word ?? null);
  await client.query(REPORT, [id, ...words, status, counted ?? null]);
}

const QUARANTINE = `
  WITH device AS (
    SELECT bucket, device_no FROM stored_report WHERE campaign_id = 1 AND device_id = $1
  ), decided AS (
    INSERT INTO decision (bucket, campaign_id, device_no, rule_no, pass, batch_no)
    SELECT bucket, 1, device_no, 0, 1, 0 FROM device
  )
  INSERT INTO triage_queue
    (bucket, campaign_id, device_id, rule_id, rules_version, field, raw_value, raw_sha256, findings, attempt, shard, worker, batch_no)
  SELECT bucket, 1, $1, 'battery_not_number', 1, 'battery_voltage', $2, sha256($2), '[]', 1, 0, 0, 0 FROM device`;

/** Holds a device of campaign 1 back for the value that it sent as its battery's. */
export async function quarantine({ client }: Trial, id: string, raw: Buffer): Promise<void> {
  await client.query(QUARANTINE, [id, raw]);
}
