-- Each invariant is one statement that returns one row: what must be found, and what was, as text. $1 is the campaign.
-- The comment line below a name is the promise in words.

-- name: devices_stored
-- Every device of the campaign is stored, once.
SELECT c.device_count::text AS expected, (SELECT count(*) FROM device_report r WHERE r.campaign_id = $1)::text AS actual
FROM campaign c
WHERE c.campaign_id = $1

-- name: one_outcome
-- Every Partial device has exactly one terminal outcome: a recovery action or an open place in the triage queue.
SELECT '0 devices with another number of outcomes' AS expected,
  count(*) FILTER (WHERE (a.device_id IS NOT NULL)::int + (t.device_id IS NOT NULL)::int <> 1)
    || ' devices with another number of outcomes' AS actual
FROM device_report r
LEFT JOIN recovery_actions a
  ON a.bucket = r.bucket AND a.campaign_id = r.campaign_id AND a.device_id = r.device_id
LEFT JOIN triage_queue t
  ON t.bucket = r.bucket AND t.campaign_id = r.campaign_id AND t.device_id = r.device_id AND t.state = 'open'
WHERE r.campaign_id = $1 AND r.update_status = 'Partial'

-- name: batches_whole
-- A batch of reports is stored whole or not at all: its rows and the checksum of its ids are those of the ledger.
WITH stored AS (
  SELECT r.batch_no, count(*) AS rows,
    md5(string_agg(r.device_id, E'\n' ORDER BY r.bucket, r.device_id)) AS checksum
  FROM device_report r
  WHERE r.campaign_id = $1
  GROUP BY r.batch_no
)
SELECT '0 batches that differ from the ledger' AS expected,
  count(*) FILTER (WHERE l.rows IS DISTINCT FROM s.rows OR l.checksum IS DISTINCT FROM s.checksum)
    || ' batches that differ from the ledger' AS actual
FROM stored s
FULL JOIN (SELECT * FROM batch_ledger b WHERE b.campaign_id = $1 AND b.stage = 'generate') l ON l.batch_no = s.batch_no

-- name: decision_batches_whole
-- A batch of decisions is stored whole or not at all: its rows and the checksum of its ids are those of the ledger.
WITH decided AS (
  SELECT a.attempt, a.batch_no, a.bucket, a.device_id FROM recovery_actions a WHERE a.campaign_id = $1
  UNION ALL
  SELECT t.attempt, t.batch_no, t.bucket, t.device_id FROM triage_queue t WHERE t.campaign_id = $1
), stored AS (
  SELECT d.attempt, d.batch_no, count(*) AS rows,
    md5(string_agg(d.device_id, E'\n' ORDER BY d.bucket, d.device_id)) AS checksum
  FROM decided d
  GROUP BY d.attempt, d.batch_no
)
SELECT '0 batches that differ from the ledger' AS expected,
  count(*) FILTER (WHERE l.rows IS DISTINCT FROM s.rows OR l.checksum IS DISTINCT FROM s.checksum)
    || ' batches that differ from the ledger' AS actual
FROM stored s
FULL JOIN (SELECT * FROM batch_ledger b WHERE b.campaign_id = $1 AND b.stage = 'recover' AND b.rows > 0) l
  ON l.pass = s.attempt AND l.batch_no = s.batch_no

-- name: batches_complete
-- Every pass that began is complete: no batch of its plan is missing.
SELECT coalesce(string_agg(p.stage || ' ' || p.pass || ': ' || p.planned, ', ' ORDER BY p.stage, p.pass), 'none') AS expected,
  coalesce(string_agg(p.stage || ' ' || p.pass || ': ' || p.committed, ', ' ORDER BY p.stage, p.pass), 'none') AS actual
FROM (
  SELECT b.stage, b.pass, max(b.batches) AS planned, count(*) AS committed
  FROM batch_ledger b
  WHERE b.campaign_id = $1
  GROUP BY b.stage, b.pass
) p

-- name: durable
-- An acknowledged batch survives a crash: the server flushes before it answers.
SELECT 'fsync on, full_page_writes on, synchronous_commit on' AS expected,
  'fsync ' || current_setting('fsync') || ', full_page_writes ' || current_setting('full_page_writes')
    || ', synchronous_commit ' || CASE current_setting('synchronous_commit') WHEN 'off' THEN 'off' ELSE 'on' END AS actual

-- name: only_partial_decided
-- Recovery decides only devices that reported Partial.
SELECT '0 decisions on other devices' AS expected, count(*) || ' decisions on other devices' AS actual
FROM (
  SELECT a.bucket, a.campaign_id, a.device_id FROM recovery_actions a WHERE a.campaign_id = $1
  UNION ALL
  SELECT t.bucket, t.campaign_id, t.device_id FROM triage_queue t WHERE t.campaign_id = $1
) d
LEFT JOIN device_report r ON r.bucket = d.bucket AND r.campaign_id = d.campaign_id AND r.device_id = d.device_id
WHERE r.update_status IS DISTINCT FROM 'Partial'

-- name: decided_once_by_key
-- Each device is recovered at most once, held by a primary key.
SELECT 'bucket, campaign_id, device_id' AS expected,
  coalesce(string_agg(a.attname, ', ' ORDER BY k.ordinality), 'no primary key') AS actual
FROM pg_index i
CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, ordinality)
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
WHERE i.indrelid = 'recovery_actions'::regclass AND i.indisprimary

-- name: not_both
-- No device is both recovered and in triage.
SELECT '0 devices in both' AS expected, count(*) || ' devices in both' AS actual
FROM recovery_actions a
JOIN triage_queue t ON t.bucket = a.bucket AND t.campaign_id = a.campaign_id AND t.device_id = a.device_id
WHERE a.campaign_id = $1 AND t.state = 'open'

-- name: raw_value_kept
-- The raw value of a quarantined field is kept to the byte, with its hash.
SELECT '0 values that differ from the report' AS expected, count(*) || ' values that differ from the report' AS actual
FROM triage_queue t
LEFT JOIN device_report r ON r.bucket = t.bucket AND r.campaign_id = t.campaign_id AND r.device_id = t.device_id
WHERE t.campaign_id = $1
  AND (
    t.raw_sha256 IS DISTINCT FROM sha256(t.raw_value)
    OR t.raw_value IS DISTINCT FROM convert_to(
      CASE t.field
        WHEN 'battery_voltage' THEN r.battery_voltage
        WHEN 'signal_strength' THEN r.signal_strength
        WHEN 'storage_free_mb' THEN r.storage_free_mb
      END, 'UTF8')
  )

-- name: rerun_changes_nothing
-- Running again changes nothing: no device is undecided, so another recovery has nothing to do.
SELECT '0 devices left to decide' AS expected, count(*) || ' devices left to decide' AS actual
FROM device_status s
WHERE s.campaign_id = $1 AND s.update_status = 'Partial'

-- name: no_gap_no_repeat
-- A run that was killed and resumed did each batch once: the ledger's rows add up to what is stored.
SELECT concat_ws(', ', 'reports ' || sum(b.rows) FILTER (WHERE b.stage = 'generate'),
    'faults ' || coalesce(sum(b.rows) FILTER (WHERE b.stage = 'corrupt'), 0),
    'decisions ' || coalesce(sum(b.rows) FILTER (WHERE b.stage = 'recover'), 0)) AS expected,
  concat_ws(', ', 'reports ' || (SELECT count(*) FROM device_report r WHERE r.campaign_id = $1),
    'faults ' || (SELECT count(*) FROM fault_ledger f WHERE f.campaign_id = $1),
    'decisions ' || (SELECT count(*) FROM recovery_actions a WHERE a.campaign_id = $1)
      + (SELECT count(*) FROM triage_queue t WHERE t.campaign_id = $1)) AS actual
FROM batch_ledger b
WHERE b.campaign_id = $1

-- name: decisions_agree
-- Every decision agrees with the rules and the policy run again as SQL.
WITH witness AS MATERIALIZED (
  SELECT r.bucket, r.device_id,
    :first_finding AS rule_id,
    :policy_rule AS policy_rule
  FROM device_report r
  JOIN campaign c ON c.campaign_id = r.campaign_id
  WHERE r.campaign_id = $1 AND r.update_status = 'Partial'
)
SELECT '0 decisions that differ' AS expected, count(*) || ' decisions that differ' AS actual
FROM witness w
LEFT JOIN recovery_actions a ON a.bucket = w.bucket AND a.campaign_id = $1 AND a.device_id = w.device_id
LEFT JOIN triage_queue t ON t.bucket = w.bucket AND t.campaign_id = $1 AND t.device_id = w.device_id AND t.state = 'open'
WHERE (a.device_id IS NOT NULL OR t.device_id IS NOT NULL)
  AND (
    t.rule_id IS DISTINCT FROM w.rule_id
    OR a.policy_rule IS DISTINCT FROM CASE WHEN w.rule_id IS NULL THEN w.policy_rule END
    OR a.action IS DISTINCT FROM CASE WHEN w.rule_id IS NULL THEN :policy_action END
  )

-- name: runs_ended
-- Every run ends, in success or with a word on how to resume: none that was killed is left open.
SELECT '0 runs left open' AS expected, count(*) || ' runs left open' AS actual
FROM run
WHERE result = 'running' AND stage <> 'validate'

-- name: loader_sees_only_published
-- The loaders' role cannot read what is never published.
SELECT 'nothing forbidden' AS expected,
  coalesce(string_agg(p.what, ', ' ORDER BY p.what), 'nothing forbidden') AS actual
FROM (VALUES ('run.host'), ('run.error'), ('lease.holder')) AS p (what)
JOIN pg_roles o ON o.rolname = 'sentinel_loader'
WHERE has_column_privilege(o.oid, split_part(p.what, '.', 1), split_part(p.what, '.', 2), 'SELECT')

-- name: faults_as_recorded
-- The fault ledger tells the truth: each field holds what it says.
SELECT '0 faults that do not stand in the report' AS expected, count(*) || ' faults that do not stand in the report' AS actual
FROM fault_ledger f
LEFT JOIN device_report r ON r.bucket = f.bucket AND r.campaign_id = f.campaign_id AND r.device_id = f.device_id
WHERE f.campaign_id = $1
  AND (
    r.device_id IS NULL
    OR f.after_value IS DISTINCT FROM CASE f.field
      WHEN 'battery_voltage' THEN r.battery_voltage
      WHEN 'signal_strength' THEN r.signal_strength
      WHEN 'storage_free_mb' THEN r.storage_free_mb
    END
  )

-- name: policy
SELECT a.policy FROM recovery_actions a WHERE a.campaign_id = $1 ORDER BY a.attempt DESC LIMIT 1

-- name: sample
SELECT r.batch_no, r.bucket, r.device_id, r.region, r.model, r.hardware, r.firmware_from, r.firmware_to, r.firmware_reported,
  r.last_stage, r.error_code, r.attempts,
  CASE WHEN b.field IS NULL THEN r.battery_voltage ELSE b.before_value END AS battery_voltage,
  CASE WHEN s.field IS NULL THEN r.signal_strength ELSE s.before_value END AS signal_strength,
  CASE WHEN m.field IS NULL THEN r.storage_free_mb ELSE m.before_value END AS storage_free_mb,
  r.reported_at, r.update_status
FROM device_report r
LEFT JOIN fault_ledger b
  ON b.bucket = r.bucket AND b.campaign_id = r.campaign_id AND b.device_id = r.device_id AND b.field = 'battery_voltage'
LEFT JOIN fault_ledger s
  ON s.bucket = r.bucket AND s.campaign_id = r.campaign_id AND s.device_id = r.device_id AND s.field = 'signal_strength'
LEFT JOIN fault_ledger m
  ON m.bucket = r.bucket AND m.campaign_id = r.campaign_id AND m.device_id = r.device_id AND m.field = 'storage_free_mb'
WHERE r.campaign_id = $1 AND r.batch_no = ANY($2)

-- name: prototype
SELECT update_status, count(*) FROM ota_logs GROUP BY update_status

-- name: is_current
SELECT FROM current_campaign WHERE campaign_id = $1

-- name: by_status
SELECT update_status, count(*) FROM device_status WHERE campaign_id = :campaign GROUP BY update_status

-- name: detection
WITH finding AS (
  SELECT f.bucket, f.device_id, f.field, k.kind
  FROM telemetry_finding f
  JOIN jsonb_each_text($2) AS k (rule_id, kind) ON k.rule_id = f.rule_id
  WHERE f.campaign_id = $1
), fault AS (
  SELECT l.bucket, l.device_id, l.field, l.kind FROM fault_ledger l WHERE l.campaign_id = $1
)
SELECT coalesce(t.kind, f.kind) AS kind,
  count(t.kind)::int AS injected,
  count(*) FILTER (WHERE t.kind IS NOT NULL AND f.kind IS NOT NULL)::int AS found,
  count(*) FILTER (WHERE t.kind = f.kind)::int AS right_rule,
  count(*) FILTER (WHERE t.kind IS NULL)::int AS false_alarms
FROM fault t
FULL JOIN finding f ON f.bucket = t.bucket AND f.device_id = t.device_id AND f.field = t.field
GROUP BY coalesce(t.kind, f.kind)
ORDER BY kind

-- name: forget
DELETE FROM validation_result WHERE campaign_id = $1

-- name: record
INSERT INTO validation_result (campaign_id, check_name, ordinal, promise, expected, actual, passed, query, run_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
