-- name: ids
COPY (
  SELECT r.bucket, r.device_id
  FROM stored_report r
  WHERE r.bucket = ANY(:buckets) AND r.campaign_id = :campaign
) TO STDOUT

-- A few devices are looked up by their key. The planner, who takes every read for one of a disk that turns, would read half of the fleet instead.
-- name: begin
BEGIN;
SET LOCAL enable_hashjoin = off;
SET LOCAL enable_mergejoin = off

-- The buckets of the shard are named so that a half of the fleet that holds none of them is left out beforehand, instead of being looked into
-- for every device.
-- name: record
INSERT INTO fault_ledger AS n (bucket, campaign_id, device_id, field, kind, before_value, after_value, batch_no)
SELECT f.bucket, $1, f.device_id, f.field, f.kind, v.before_value, f.after_value, $2
FROM unnest($3::int[], $4::text[], $5::text[], $6::text[], $7::text[]) AS f (bucket, device_id, field, after_value, kind)
JOIN stored_report r ON r.bucket = f.bucket AND r.campaign_id = $1 AND r.device_id = f.device_id
CROSS JOIN LATERAL (
  SELECT CASE f.field
    WHEN 'attempts' THEN r.attempts
    WHEN 'battery_voltage' THEN r.battery_voltage
    WHEN 'signal_strength' THEN r.signal_strength
    WHEN 'storage_free_mb' THEN r.storage_free_mb
    WHEN 'reported_at' THEN r.reported_at
  END AS before_value
) v
WHERE r.bucket = ANY($8) AND v.before_value IS DISTINCT FROM f.after_value
RETURNING n.device_id

-- One fault of a device: a row is changed once.
-- name: apply
UPDATE stored_report r
SET attempts = CASE WHEN f.field = 'attempts' THEN f.after_value ELSE r.attempts END,
    battery_voltage = CASE WHEN f.field = 'battery_voltage' THEN f.after_value ELSE r.battery_voltage END,
    signal_strength = CASE WHEN f.field = 'signal_strength' THEN f.after_value ELSE r.signal_strength END,
    storage_free_mb = CASE WHEN f.field = 'storage_free_mb' THEN f.after_value ELSE r.storage_free_mb END,
    reported_at = CASE WHEN f.field = 'reported_at' THEN f.after_value ELSE r.reported_at END
FROM unnest($2::int[], $3::text[], $4::text[], $5::text[]) AS f (bucket, device_id, field, after_value)
WHERE r.bucket = ANY($6) AND r.bucket = f.bucket AND r.campaign_id = $1 AND r.device_id = f.device_id

-- name: reports
SELECT f.device_id, p.region, p.model, p.hardware, p.firmware_from, p.firmware_to, o.firmware_reported, o.last_stage, o.error_code,
  r.attempts, r.battery_voltage, r.signal_strength, r.storage_free_mb, r.reported_at, o.update_status
FROM unnest($2::int[], $3::text[]) AS f (bucket, device_id)
JOIN stored_report r ON r.bucket = f.bucket AND r.campaign_id = $1 AND r.device_id = f.device_id
JOIN device_profile p ON p.campaign_id = $1 AND p.profile_no = r.profile_no
JOIN update_outcome o ON o.campaign_id = $1 AND o.outcome_no = r.outcome_no
WHERE r.bucket = ANY($4)

-- name: versions
SELECT DISTINCT firmware_from FROM device_profile WHERE campaign_id = $1 AND firmware_from <> '' ORDER BY firmware_from

-- Words stand in rows that many devices share. A corrupted one gets a row of its own below 0, whose number tells the sound one: minus it, modulo 2^20.
-- Where an import has more combinations of words than that, those beyond are left alone.
-- name: record_words
INSERT INTO fault_ledger AS n (bucket, campaign_id, device_id, field, kind, before_value, after_value, batch_no)
SELECT f.bucket, $1, f.device_id, f.field, f.kind, v.before_value, f.after_value, $2
FROM unnest($3::int[], $4::text[], $5::text[], $6::text[], $7::text[]) AS f (bucket, device_id, field, after_value, kind)
JOIN stored_report r ON r.bucket = f.bucket AND r.campaign_id = $1 AND r.device_id = f.device_id
JOIN device_profile p ON p.campaign_id = $1 AND p.profile_no = r.profile_no
JOIN update_outcome o ON o.campaign_id = $1 AND o.outcome_no = r.outcome_no
CROSS JOIN LATERAL (
  SELECT CASE f.field
    WHEN 'region' THEN p.region
    WHEN 'model' THEN p.model
    WHEN 'hardware' THEN p.hardware
    WHEN 'firmware_reported' THEN o.firmware_reported
    WHEN 'last_stage' THEN o.last_stage
    WHEN 'error_code' THEN o.error_code
  END AS before_value
) v
WHERE r.bucket = ANY($8) AND v.before_value IS DISTINCT FROM f.after_value
  AND r.profile_no BETWEEN 0 AND 1048575 AND r.outcome_no BETWEEN 0 AND 1048575
RETURNING n.device_id

-- What each device with a corrupted word has to be told of: the number of its sound words, and whether the version that it reports then is another than
-- the one that was to be installed.
-- name: sound_words
SELECT f.device_id, p.profile_no, o.outcome_no,
  o.update_status = 'Success' AND coalesce(version_said(
    CASE f.field WHEN 'firmware_reported' THEN f.after_value ELSE o.firmware_reported END
  ) <> version_said(p.firmware_to), false) AS is_contradicted
FROM unnest($2::int[], $3::text[], $4::text[], $5::text[]) AS f (bucket, device_id, field, after_value)
JOIN stored_report r ON r.bucket = f.bucket AND r.campaign_id = $1 AND r.device_id = f.device_id
JOIN device_profile p ON p.campaign_id = $1 AND p.profile_no = r.profile_no
JOIN update_outcome o ON o.campaign_id = $1 AND o.outcome_no = r.outcome_no
WHERE r.bucket = ANY($6)

-- Workers at the same time may add the same row: it is the same word.
-- name: add_profiles
INSERT INTO device_profile (campaign_id, profile_no, region, model, hardware, firmware_from, firmware_to)
SELECT $1, f.new_no,
  CASE f.field WHEN 'region' THEN f.after_value ELSE p.region END,
  CASE f.field WHEN 'model' THEN f.after_value ELSE p.model END,
  CASE f.field WHEN 'hardware' THEN f.after_value ELSE p.hardware END,
  p.firmware_from, p.firmware_to
FROM unnest($2::int[], $3::int[], $4::text[], $5::text[]) AS f (old_no, new_no, field, after_value)
JOIN device_profile p ON p.campaign_id = $1 AND p.profile_no = f.old_no
ORDER BY f.new_no
ON CONFLICT DO NOTHING

-- name: add_outcomes
INSERT INTO update_outcome (campaign_id, outcome_no, firmware_reported, last_stage, error_code, update_status, counted_status)
SELECT $1, f.new_no,
  CASE f.field WHEN 'firmware_reported' THEN f.after_value ELSE o.firmware_reported END,
  CASE f.field WHEN 'last_stage' THEN f.after_value ELSE o.last_stage END,
  CASE f.field WHEN 'error_code' THEN f.after_value ELSE o.error_code END,
  o.update_status, CASE WHEN f.is_contradicted THEN 'Partial' ELSE o.update_status END
FROM unnest($2::int[], $3::int[], $4::text[], $5::text[], $6::boolean[]) AS f (old_no, new_no, field, after_value, is_contradicted)
JOIN update_outcome o ON o.campaign_id = $1 AND o.outcome_no = f.old_no
ORDER BY f.new_no
ON CONFLICT DO NOTHING

-- name: apply_words
UPDATE stored_report r
SET profile_no = coalesce(f.profile_no, r.profile_no), outcome_no = coalesce(f.outcome_no, r.outcome_no)
FROM unnest($2::int[], $3::text[], $4::int[], $5::int[]) AS f (bucket, device_id, profile_no, outcome_no)
WHERE r.bucket = ANY($6) AND r.bucket = f.bucket AND r.campaign_id = $1 AND r.device_id = f.device_id

-- name: undo
UPDATE stored_report r
SET attempts = CASE WHEN 'attempts' = ANY(f.fields) THEN f.attempts ELSE r.attempts END,
    battery_voltage = CASE WHEN 'battery_voltage' = ANY(f.fields) THEN f.battery_voltage ELSE r.battery_voltage END,
    signal_strength = CASE WHEN 'signal_strength' = ANY(f.fields) THEN f.signal_strength ELSE r.signal_strength END,
    storage_free_mb = CASE WHEN 'storage_free_mb' = ANY(f.fields) THEN f.storage_free_mb ELSE r.storage_free_mb END,
    reported_at = CASE WHEN 'reported_at' = ANY(f.fields) THEN f.reported_at ELSE r.reported_at END,
    profile_no = CASE WHEN r.profile_no < 0 THEN -r.profile_no % 1048576 ELSE r.profile_no END,
    outcome_no = CASE WHEN r.outcome_no < 0 THEN -r.outcome_no % 1048576 ELSE r.outcome_no END
FROM (
  SELECT l.bucket, l.device_id, array_agg(l.field) AS fields,
    max(l.before_value) FILTER (WHERE l.field = 'attempts') AS attempts,
    max(l.before_value) FILTER (WHERE l.field = 'battery_voltage') AS battery_voltage,
    max(l.before_value) FILTER (WHERE l.field = 'signal_strength') AS signal_strength,
    max(l.before_value) FILTER (WHERE l.field = 'storage_free_mb') AS storage_free_mb,
    max(l.before_value) FILTER (WHERE l.field = 'reported_at') AS reported_at
  FROM fault_ledger l
  WHERE l.campaign_id = $1
  GROUP BY l.bucket, l.device_id
) f
WHERE r.bucket = f.bucket AND r.campaign_id = $1 AND r.device_id = f.device_id

-- name: undo_profiles
DELETE FROM device_profile WHERE campaign_id = $1 AND profile_no < 0

-- name: undo_outcomes
DELETE FROM update_outcome WHERE campaign_id = $1 AND outcome_no < 0

-- name: undo_faults
DELETE FROM fault_ledger WHERE campaign_id = $1

-- name: undo_batches
DELETE FROM batch_ledger WHERE campaign_id = $1 AND stage = 'corrupt'

-- name: undo_campaign
UPDATE campaign SET fault_rate = NULL, fault_profile = NULL, fault_seed = NULL WHERE campaign_id = $1

-- name: mark_campaign
UPDATE campaign SET fault_rate = $2, fault_profile = $3, fault_seed = $4 WHERE campaign_id = $1

-- name: by_kind
SELECT kind, count(*)::int AS faults FROM fault_ledger WHERE campaign_id = $1 GROUP BY kind ORDER BY kind

-- name: devices
SELECT count(*)::int AS devices FROM (SELECT DISTINCT bucket, device_id FROM fault_ledger WHERE campaign_id = $1) d
