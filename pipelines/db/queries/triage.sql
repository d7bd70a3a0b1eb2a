-- Places by what is asked for; what is NULL asks for nothing. A rule or field counts where any of the findings is about it.
-- name: list
SELECT t.bucket, t.device_id, p.region, p.model, t.rule_id AS rule, t.field, convert_from(t.raw_value, 'UTF8') AS raw,
  encode(t.raw_sha256, 'hex') AS raw_sha256, t.findings, t.state, t.version, t.quarantined_at,
  count(*) OVER ()::int AS total -- whatever the limit
FROM triage_queue t
JOIN stored_report s ON s.bucket = t.bucket AND s.campaign_id = t.campaign_id AND s.device_id = t.device_id
LEFT JOIN device_profile p ON p.campaign_id = s.campaign_id AND p.profile_no = s.profile_no
WHERE t.campaign_id = $1
  AND t.state = ANY($2)
  AND ($3::text IS NULL OR t.findings @> jsonb_build_array(jsonb_build_object('rule', $3::text)))
  AND ($4::text IS NULL OR t.findings @> jsonb_build_array(jsonb_build_object('field', $4::text)))
  AND ($5::text IS NULL OR p.region = $5)
  AND ($6::text IS NULL OR p.model = $6)
ORDER BY t.rule_id, t.device_id
LIMIT $7

-- name: device
SELECT s.*, t.rule_id AS rule, t.field, convert_from(t.raw_value, 'UTF8') AS raw, encode(t.raw_sha256, 'hex') AS raw_sha256,
  t.findings, t.state, t.version, t.quarantined_at
FROM triage_queue t
JOIN device_status s ON s.bucket = t.bucket AND s.campaign_id = t.campaign_id AND s.device_id = t.device_id
WHERE t.bucket = $2 AND t.campaign_id = $1 AND t.device_id = $3

-- name: audit
SELECT e.version, e.verb, e.decided_by, e.decided_at, e.why, e.before, e.after
FROM triage_decision e
WHERE e.bucket = $2 AND e.campaign_id = $1 AND e.device_id = $3
ORDER BY e.version

-- name: by_rule
SELECT t.rule_id AS rule, t.field, count(*)::int AS devices
FROM triage_queue t
WHERE t.campaign_id = $1 AND t.state = 'open'
GROUP BY t.rule_id, t.field
ORDER BY devices DESC, rule

-- Places by what has become of them: of a released one the next recovery decides.
-- name: by_state
SELECT t.state, s.update_status, count(*)::int AS devices
FROM triage_queue t
JOIN device_status s ON s.bucket = t.bucket AND s.campaign_id = t.campaign_id AND s.device_id = t.device_id
WHERE t.campaign_id = $1
GROUP BY t.state, s.update_status
ORDER BY t.state, s.update_status

-- What is known of the places of some devices, before anything is decided on them.
-- name: places
SELECT t.bucket, t.device_id, r.device_no, t.state, t.version, t.rule_id, t.rules_version, t.field, t.findings, t.attempt, t.batch_no,
  to_jsonb(v) AS reported,
  d.rule_no AS decided_rule, d.pass AS decided_pass, d.batch_no AS decided_batch,
  coalesce(a.amendments, '[]') AS amendments,
  e.version AS entry_version, e.verb, e.decided_by, to_jsonb(e.decided_at AT TIME ZONE 'UTC') #>> '{}' AS decided_at, e.before, e.after
FROM unnest($2::int[], $3::text[]) AS w (bucket, device_id)
JOIN triage_queue t ON t.bucket = w.bucket AND t.campaign_id = $1 AND t.device_id = w.device_id
JOIN stored_report r ON r.bucket = t.bucket AND r.campaign_id = t.campaign_id AND r.device_id = t.device_id
JOIN device_report v ON v.bucket = t.bucket AND v.campaign_id = t.campaign_id AND v.device_id = t.device_id
LEFT JOIN decision d ON d.bucket = r.bucket AND d.campaign_id = r.campaign_id AND d.device_no = r.device_no
LEFT JOIN LATERAL (
  SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('field', m.field, 'value', m.value, 'rule', m.waived_rule))) AS amendments
  FROM telemetry_amendment m
  WHERE m.bucket = t.bucket AND m.campaign_id = t.campaign_id AND m.device_id = t.device_id
) a ON true
LEFT JOIN LATERAL (
  SELECT *
  FROM triage_decision b
  WHERE b.bucket = t.bucket AND b.campaign_id = t.campaign_id AND b.device_id = t.device_id
  ORDER BY b.version DESC
  LIMIT 1
) e ON true
WHERE t.bucket = ANY($4)

-- name: take_decisions
DELETE FROM decision d
USING unnest($2::int[], $3::int[]) AS w (bucket, device_no)
WHERE d.bucket = ANY($4) AND d.bucket = w.bucket AND d.campaign_id = $1 AND d.device_no = w.device_no

-- name: give_decisions
INSERT INTO decision (bucket, campaign_id, device_no, rule_no, pass, batch_no)
SELECT w.bucket, $1, w.device_no, w.rule_no, w.pass, w.batch_no
FROM unnest($2::int[], $3::int[], $4::int[], $5::int[], $6::int[]) AS w (bucket, device_no, rule_no, pass, batch_no)

-- A place that another decision has moved on is not found.
-- name: move_places
UPDATE triage_queue t
SET state = w.state, version = w.version + 1
FROM unnest($2::int[], $3::text[], $4::int[], $5::text[]) AS w (bucket, device_id, version, state)
WHERE t.bucket = ANY($6) AND t.bucket = w.bucket AND t.campaign_id = $1 AND t.device_id = w.device_id AND t.version = w.version

-- name: forget_amendments
DELETE FROM telemetry_amendment a
USING unnest($2::int[], $3::text[]) AS w (bucket, device_id)
WHERE a.bucket = ANY($4) AND a.bucket = w.bucket AND a.campaign_id = $1 AND a.device_id = w.device_id

-- name: store_amendments
COPY telemetry_amendment (bucket, campaign_id, device_id, field, value, waived_rule) FROM STDIN

-- name: store_decisions
COPY triage_decision (
  bucket, campaign_id, device_id, version, verb, decided_by, why, before, after, took_rule, took_pass, took_batch, gave_rule,
  gave_pass, gave_batch
) FROM STDIN

-- What reads the audit is planned by how much there is of it.
-- name: analyze
ANALYZE triage_decision, telemetry_amendment, triage_queue (bucket, campaign_id, device_id, rule_id, field, state)

-- name: fence
SELECT fence(:lease)
