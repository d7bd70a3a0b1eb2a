import { query } from "../../support/fleet.ts";
import type { Stage } from "./model.ts";

/** Rows of one kind that a campaign has. */
interface Rows {
  readonly rows: number;
  /** Of every value that the same work must make again, by device. */
  readonly print: string;
  /** Of each row, in order. */
  readonly buckets: readonly number[];
}

export interface SeenStage {
  readonly committed: number;
  readonly batches: number;
  readonly rows: number;
  /** Batches are the first ones, which all have the same plan. */
  readonly first: boolean;
  /** The last one, of which all this is told. */
  readonly pass: number;
}

/** A place in the queue, with what was said and entered of it. */
export interface SeenPlace {
  readonly device: string;
  readonly bucket: number;
  readonly findings: readonly { readonly field: string }[];
  readonly [column: string]: unknown;
}

/** A campaign as the public tables tell it. */
export interface SeenCampaign {
  readonly name: string;
  readonly source: string;
  readonly seed: number;
  readonly devices: number;
  readonly batch_size: number;
  readonly fault_rate: number | null;
  readonly fault_seed: number | null;
  readonly fault_profile: string | null;
  readonly is_current: boolean;
  readonly stages: Readonly<Partial<Record<Stage, SeenStage>>>;
  readonly statuses: Readonly<Record<string, number>>;
  readonly reports: Rows;
  readonly partial: readonly number[];
  readonly faults: Rows;
  readonly actions: Rows;
  readonly triage: Rows;
  readonly places: readonly SeenPlace[];
}

export interface Seen {
  readonly campaigns: readonly SeenCampaign[];
  readonly statuses: Readonly<Record<string, number>>;
  readonly openRuns: number;
  readonly lastRun: { readonly stage: string; readonly result: string } | null;
}

/** Rows of a table, without what hangs on who did it when and in which batch. */
const rowsOf = (table: string): string => `(
  SELECT jsonb_build_object('rows', count(*), 'buckets', coalesce(jsonb_agg(t.bucket ORDER BY t.bucket), '[]'),
    'print', coalesce(md5(string_agg((
      to_jsonb(t) - '{campaign_id,batch_no,shard,worker,decided_at,quarantined_at}'::text[]
    )::text, '|' ORDER BY to_jsonb(t)->>'device_id' COLLATE "C", to_jsonb(t)->>'field')), ''))
  FROM ${table} t WHERE t.campaign_id = c.campaign_id)`;

const STATUSES = (table: string, where: string): string => `(
  SELECT coalesce(jsonb_object_agg(s.update_status, s.devices), '{}')
  FROM (SELECT update_status, count(*) AS devices FROM ${table} ${where} GROUP BY update_status) s)`;

/** What was said of fields, from a list as the audit keeps it. */
const SAID = (list: string): string => `(
  SELECT coalesce(jsonb_object_agg(x->>'field', coalesce(x->>'value', 'is right')), '{}') FROM jsonb_array_elements(${list}) x)`;

const PLACES = `(
  SELECT coalesce(jsonb_agg(jsonb_build_object(
    'device', t.device_id, 'bucket', t.bucket, 'findings', t.findings, 'state', t.state, 'version', t.version,
    'status', s.update_status, 'action', s.action,
    'said', (
      SELECT coalesce(jsonb_object_agg(a.field, coalesce(a.value, 'is right')), '{}')
      FROM telemetry_amendment a
      WHERE (a.bucket, a.campaign_id, a.device_id) = (t.bucket, t.campaign_id, t.device_id)),
    'audit', (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
        'version', e.version, 'verb', e.verb, 'by', e.decided_by, 'before', ${SAID("e.before->'amendments'")},
        'state', e.after->'state', 'after', ${SAID("e.after->'amendments'")}, 'action', e.after->'action'
      ) ORDER BY e.version), '[]')
      FROM triage_decision e
      WHERE (e.bucket, e.campaign_id, e.device_id) = (t.bucket, t.campaign_id, t.device_id))
  ) ORDER BY t.rule_id, t.device_id COLLATE "C"), '[]')
  FROM triage_queue t
  JOIN device_status s USING (bucket, campaign_id, device_id)
  WHERE t.campaign_id = c.campaign_id)`;

const CAMPAIGNS = `
SELECT c.name, c.source, c.seed::float8 AS seed, c.device_count::float8 AS devices, c.batch_size, c.fault_rate::float8 AS fault_rate,
  c.fault_seed::float8 AS fault_seed, c.fault_profile,
  EXISTS (SELECT FROM current_campaign u WHERE u.campaign_id = c.campaign_id) AS is_current,
  (
    SELECT coalesce(jsonb_object_agg(b.stage, to_jsonb(b)), '{}')
    FROM (
      SELECT DISTINCT ON (l.stage) l.stage, count(*) AS committed, max(l.batches) AS batches, sum(l.rows) AS rows,
        max(l.batch_no) + 1 = count(*) AND min(l.batches) = max(l.batches) AS first, l.pass
      FROM batch_ledger l
      WHERE l.campaign_id = c.campaign_id
      GROUP BY l.stage, l.pass
      ORDER BY l.stage, l.pass DESC
    ) b
  ) AS stages,
  ${STATUSES("device_status", "WHERE campaign_id = c.campaign_id")} AS statuses,
  ${rowsOf("device_report")} AS reports,
  (
    SELECT coalesce(jsonb_agg(s.bucket ORDER BY s.bucket), '[]')
    FROM device_status s
    WHERE s.campaign_id = c.campaign_id AND s.update_status <> 'Success'
  ) AS partial,
  ${rowsOf("fault_ledger")} AS faults, ${rowsOf("recovery_actions")} AS actions, ${rowsOf("triage_queue")} AS triage,
  ${PLACES} AS places
FROM campaign c
ORDER BY c.campaign_id`;

const WHOLE = `
SELECT ${STATUSES("ota_logs", "")} AS statuses, (SELECT count(*)::int FROM run WHERE result = 'running') AS "openRuns",
  (SELECT jsonb_build_object('stage', r.stage, 'result', r.result) FROM run r ORDER BY r.started_at DESC LIMIT 1) AS "lastRun"`;

/** Looks at a database by SQL of its own. */
export async function look(url: string): Promise<Seen> {
  const campaigns = await query<SeenCampaign>(url, CAMPAIGNS);
  const [whole] = await query<Omit<Seen, "campaigns">>(url, WHOLE);
  if (!whole) throw new Error("the database tells nothing");
  return { ...whole, campaigns };
}
