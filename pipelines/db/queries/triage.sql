-- name: open
SELECT t.device_id, r.region, r.model, t.rule_id AS rule, t.field, convert_from(t.raw_value, 'UTF8') AS raw,
  encode(t.raw_sha256, 'hex') AS raw_sha256, t.findings, t.quarantined_at
FROM triage_queue t
JOIN stored_report s ON s.bucket = t.bucket AND s.campaign_id = t.campaign_id AND s.device_id = t.device_id
LEFT JOIN device_profile r ON r.campaign_id = s.campaign_id AND r.profile_no = s.profile_no
WHERE t.campaign_id = $1 AND t.state = 'open'
ORDER BY t.rule_id, t.device_id
LIMIT $2

-- name: device
SELECT s.*, t.rule_id AS rule, t.field, convert_from(t.raw_value, 'UTF8') AS raw, encode(t.raw_sha256, 'hex') AS raw_sha256,
  t.findings, t.state, t.quarantined_at
FROM triage_queue t
JOIN device_status s ON s.bucket = t.bucket AND s.campaign_id = t.campaign_id AND s.device_id = t.device_id
WHERE t.bucket = $2 AND t.campaign_id = $1 AND t.device_id = $3

-- name: by_rule
SELECT t.rule_id AS rule, t.field, count(*)::int AS devices
FROM triage_queue t
WHERE t.campaign_id = $1 AND t.state = 'open'
GROUP BY t.rule_id, t.field
ORDER BY devices DESC, rule
