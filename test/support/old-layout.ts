import { readFileSync } from "node:fs";
import type pg from "pg";
import { sql } from "../../pipelines/db/sql.ts";

const FOLDER = new URL("../../pipelines/db/migrations/", import.meta.url);
const FIRST = ["0001_schema.sql", "0002_loader_role.sql"];
/** In the order of the old schema; of a run only the names of columns matter to whoever reads it. */
const TABLES = [
  ...["campaign", "current_campaign", "device_report", "import_reject", "fault_ledger", "recovery_actions"],
  ...["triage_queue", "run", "batch_ledger"],
];

/** Makes the schema as it was before migration 3 in an empty database. */
export async function makeOldSchema(client: pg.Client, files = FIRST): Promise<void> {
  await client.query(sql("migrate.ledger"));
  for (const [at, file] of files.entries()) {
    await client.query(readFileSync(new URL(file, FOLDER), "utf8"));
    await client.query(sql("migrate.record"), [at + 1, file]);
  }
}

/**
 * Fills the old schema with the campaigns of a database that has the new one, as the code of the time would have stored them: ids hashed by
 * MD5 in the ledger, reports and decisions in words.
 */
export async function fillOldSchema(old: pg.Client, from: pg.Client): Promise<void> {
  for (const table of TABLES) {
    const { rows } = await from.query<{ rows: string }>(
      `SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]')::text AS rows FROM ${table} t`,
    );
    await old.query(`INSERT INTO ${table} SELECT * FROM jsonb_populate_recordset(NULL::${table}, $1)`, [rows[0]?.rows]);
  }
}

/** Enters into the ledger what the old code did: rows, and the MD5 of the ids in key order. A batch without rows is none that failed. */
export async function sealOldLedger(client: pg.Client): Promise<void> {
  await client.query(`
    UPDATE batch_ledger l SET rows = s.rows, checksum = s.checksum
    FROM batch_ledger k LEFT JOIN LATERAL (
      SELECT count(*) AS rows, md5(coalesce(string_agg(d.device_id, E'\\n' ORDER BY d.bucket, d.device_id), '')) AS checksum
      FROM (
        SELECT 'generate' AS stage, 1 AS pass, campaign_id, batch_no, bucket, device_id FROM device_report
        UNION ALL SELECT 'corrupt', 1, campaign_id, batch_no, bucket, device_id FROM fault_ledger
        UNION ALL SELECT 'recover', attempt, campaign_id, batch_no, bucket, device_id FROM recovery_actions
        UNION ALL SELECT 'recover', attempt, campaign_id, batch_no, bucket, device_id FROM triage_queue
      ) d
      WHERE (d.stage, d.pass, d.campaign_id, d.batch_no) = (k.stage, k.pass, k.campaign_id, k.batch_no)
    ) s ON true
    WHERE (l.stage, l.pass, l.campaign_id, l.batch_no) = (k.stage, k.pass, k.campaign_id, k.batch_no)`);
}
