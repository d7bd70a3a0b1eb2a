-- name: tables
SELECT 'device_report' AS part, count(*)::text AS rows,
  coalesce(sum(('x' || left(md5(ROW(
    r.bucket, r.device_id, r.region, r.model, r.hardware, r.firmware_from, r.firmware_to, r.firmware_reported, r.last_stage,
    r.error_code, r.attempts, r.battery_voltage, r.signal_strength, r.storage_free_mb, r.reported_at, r.update_status
  )::text), 15))::bit(60)::bigint), 0)::text AS sum
FROM device_report r
WHERE r.campaign_id = $1
UNION ALL
SELECT 'fault_ledger', count(*)::text,
  coalesce(sum(('x' || left(md5(ROW(
    f.bucket, f.device_id, f.field, f.kind, f.before_value, f.after_value
  )::text), 15))::bit(60)::bigint), 0)::text
FROM fault_ledger f
WHERE f.campaign_id = $1
UNION ALL
SELECT 'recovery_actions', count(*)::text,
  coalesce(sum(('x' || left(md5(ROW(
    a.bucket, a.device_id, a.action, a.policy, a.policy_version, a.policy_rule, a.attempt
  )::text), 15))::bit(60)::bigint), 0)::text
FROM recovery_actions a
WHERE a.campaign_id = $1
UNION ALL
SELECT 'triage_queue', count(*)::text,
  coalesce(sum(('x' || left(md5(ROW(
    t.bucket, t.device_id, t.rule_id, t.rules_version, t.field, t.raw_value, t.raw_sha256, t.findings, t.state, t.attempt
  )::text), 15))::bit(60)::bigint), 0)::text
FROM triage_queue t
WHERE t.campaign_id = $1
UNION ALL -- a campaign without any has the digest that it had before there could be any
SELECT 'telemetry_amendment', count(*)::text,
  sum(('x' || left(md5(ROW(
    a.bucket, a.device_id, a.field, a.value, a.waived_rule
  )::text), 15))::bit(60)::bigint)::text
FROM telemetry_amendment a
WHERE a.campaign_id = $1
HAVING count(*) > 0
ORDER BY part
