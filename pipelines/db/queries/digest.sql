-- One WITH a table: each is read by several processes, where arms of one UNION ALL would get one process each, and the reports keep one busy alone. Of
-- an md5 the first 60 bits are added up.
-- name: tables
WITH reports AS MATERIALIZED (
  SELECT count(*) AS rows, coalesce(sum(('x' || md5(ROW(
      r.bucket, r.device_id, r.region, r.model, r.hardware, r.firmware_from, r.firmware_to, r.firmware_reported, r.last_stage,
      r.error_code, r.attempts, r.battery_voltage, r.signal_strength, r.storage_free_mb, r.reported_at, r.update_status
    )::text))::bit(60)::bigint), 0) AS sum
  FROM device_report r
  WHERE r.campaign_id = $1
), faults AS MATERIALIZED (
  SELECT count(*) AS rows, coalesce(sum(('x' || md5(ROW(
      f.bucket, f.device_id, f.field, f.kind, f.before_value, f.after_value
    )::text))::bit(60)::bigint), 0) AS sum
  FROM fault_ledger f
  WHERE f.campaign_id = $1
), decisions AS MATERIALIZED (
  SELECT count(*) AS rows, coalesce(sum(('x' || md5(ROW(
      a.bucket, a.device_id, a.action, a.policy, a.policy_version, a.policy_rule, a.attempt
    )::text))::bit(60)::bigint), 0) AS sum
  FROM recovery_actions a
  WHERE a.campaign_id = $1
), places AS MATERIALIZED (
  SELECT count(*) AS rows, coalesce(sum(('x' || md5(ROW(
      t.bucket, t.device_id, t.rule_id, t.rules_version, t.field, t.raw_value, t.raw_sha256, t.findings, t.state, t.attempt
    )::text))::bit(60)::bigint), 0) AS sum
  FROM triage_queue t
  WHERE t.campaign_id = $1
), amendments AS MATERIALIZED (
  SELECT count(*) AS rows, sum(('x' || md5(ROW(
      a.bucket, a.device_id, a.field, a.value, a.waived_rule
    )::text))::bit(60)::bigint) AS sum
  FROM telemetry_amendment a
  WHERE a.campaign_id = $1
)
SELECT 'device_report' AS part, r.rows::text AS rows, r.sum::text AS sum FROM reports r
UNION ALL
SELECT 'fault_ledger', f.rows::text, f.sum::text FROM faults f
UNION ALL
SELECT 'recovery_actions', d.rows::text, d.sum::text FROM decisions d
UNION ALL
SELECT 'triage_queue', p.rows::text, p.sum::text FROM places p
UNION ALL -- a campaign without any has the digest that it had before there could be any
SELECT 'telemetry_amendment', a.rows::text, a.sum::text FROM amendments a WHERE a.rows > 0
ORDER BY part
