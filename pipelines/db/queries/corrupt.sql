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
INSERT INTO fault_ledger (bucket, campaign_id, device_id, field, kind, before_value, after_value, batch_no)
SELECT f.bucket, $1, f.device_id, f.field, f.kind, v.before_value, f.after_value, $2
FROM unnest($3::int[], $4::text[], $5::text[], $6::text[], $7::text[]) AS f (bucket, device_id, field, after_value, kind)
JOIN stored_report r ON r.bucket = f.bucket AND r.campaign_id = $1 AND r.device_id = f.device_id
CROSS JOIN LATERAL (
  SELECT CASE f.field
    WHEN 'battery_voltage' THEN r.battery_voltage
    WHEN 'signal_strength' THEN r.signal_strength
    WHEN 'storage_free_mb' THEN r.storage_free_mb
  END AS before_value
) v
WHERE r.bucket = ANY($8) AND v.before_value IS DISTINCT FROM f.after_value
RETURNING device_id

-- name: apply
UPDATE stored_report r
SET battery_voltage = CASE WHEN f.field = 'battery_voltage' THEN f.after_value ELSE r.battery_voltage END,
    signal_strength = CASE WHEN f.field = 'signal_strength' THEN f.after_value ELSE r.signal_strength END,
    storage_free_mb = CASE WHEN f.field = 'storage_free_mb' THEN f.after_value ELSE r.storage_free_mb END
FROM unnest($2::int[], $3::text[], $4::text[], $5::text[]) AS f (bucket, device_id, field, after_value)
WHERE r.bucket = ANY($6) AND r.bucket = f.bucket AND r.campaign_id = $1 AND r.device_id = f.device_id

-- name: undo
UPDATE stored_report r
SET battery_voltage = CASE WHEN f.field = 'battery_voltage' THEN f.before_value ELSE r.battery_voltage END,
    signal_strength = CASE WHEN f.field = 'signal_strength' THEN f.before_value ELSE r.signal_strength END,
    storage_free_mb = CASE WHEN f.field = 'storage_free_mb' THEN f.before_value ELSE r.storage_free_mb END
FROM fault_ledger f
WHERE f.campaign_id = $1
  AND r.bucket = f.bucket AND r.campaign_id = f.campaign_id AND r.device_id = f.device_id

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
