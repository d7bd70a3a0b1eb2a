-- name: read
COPY (
  SELECT r.bucket, r.device_id, r.battery_voltage, r.signal_strength, r.storage_free_mb
  FROM device_report r
  WHERE r.bucket = ANY(:buckets) AND r.campaign_id = :campaign AND r.update_status = 'Partial'
) TO STDOUT

-- name: decided
COPY (
  SELECT a.device_id
  FROM recovery_actions a
  WHERE a.bucket = ANY(:buckets) AND a.campaign_id = :campaign
  UNION ALL
  SELECT t.device_id
  FROM triage_queue t
  WHERE t.bucket = ANY(:buckets) AND t.campaign_id = :campaign AND t.state = 'open'
) TO STDOUT

-- A set operation, not an anti-join: on a campaign that the statistics don't know the planner takes the latter for tiny.
-- name: undecided
SELECT count(*)::int AS devices
FROM (
  SELECT r.bucket, r.device_id FROM device_report r WHERE r.campaign_id = $1 AND r.update_status = 'Partial'
  EXCEPT
  (
    SELECT a.bucket, a.device_id FROM recovery_actions a WHERE a.campaign_id = $1
    UNION ALL
    SELECT t.bucket, t.device_id FROM triage_queue t WHERE t.campaign_id = $1 AND t.state = 'open'
  )
) left_over

-- name: store_actions
COPY recovery_actions (
  bucket, campaign_id, device_id, action, policy, policy_version, policy_rule, attempt, shard, worker, batch_no
) FROM STDIN

-- name: store_triage
COPY triage_queue (
  bucket, campaign_id, device_id, rule_id, rules_version, field, raw_value, raw_sha256, findings, attempt, shard, worker,
  batch_no
) FROM STDIN

-- name: by_action
SELECT action, count(*)::int AS devices FROM recovery_actions WHERE campaign_id = $1 GROUP BY action
UNION ALL
SELECT 'MANUAL_TRIAGE', count(*)::int FROM triage_queue WHERE campaign_id = $1 AND state = 'open'
ORDER BY action

-- name: analyze
ANALYZE recovery_actions, triage_queue
