-- name: read
COPY (
  SELECT r.bucket, r.device_id, r.battery_voltage, r.signal_strength, r.storage_free_mb
  FROM device_report r
  WHERE r.bucket = ANY(:buckets) AND r.campaign_id = :campaign AND r.update_status = 'Partial'
    AND NOT EXISTS (
      SELECT FROM recovery_actions a
      WHERE a.bucket = r.bucket AND a.campaign_id = r.campaign_id AND a.device_id = r.device_id
    )
    AND NOT EXISTS (
      SELECT FROM triage_queue t
      WHERE t.bucket = r.bucket AND t.campaign_id = r.campaign_id AND t.device_id = r.device_id AND t.state = 'open'
    )
) TO STDOUT

-- name: undecided
SELECT count(*)::int AS devices
FROM device_report r
WHERE r.campaign_id = $1 AND r.update_status = 'Partial'
  AND NOT EXISTS (
    SELECT FROM recovery_actions a
    WHERE a.bucket = r.bucket AND a.campaign_id = r.campaign_id AND a.device_id = r.device_id
  )
  AND NOT EXISTS (
    SELECT FROM triage_queue t
    WHERE t.bucket = r.bucket AND t.campaign_id = r.campaign_id AND t.device_id = r.device_id AND t.state = 'open'
  )

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

-- name: by_status
SELECT update_status, count(*)::int AS devices
FROM device_status
WHERE campaign_id = $1
GROUP BY update_status
ORDER BY update_status

-- name: analyze
ANALYZE recovery_actions, triage_queue
