-- name: store
COPY stored_report_:campaign (
  bucket, campaign_id, device_no, profile_no, outcome_no, device_id, attempts, battery_voltage, signal_strength,
  storage_free_mb, reported_at
) FROM STDIN

-- name: store_profiles
COPY device_profile (campaign_id, profile_no, region, model, hardware, firmware_from, firmware_to) FROM STDIN

-- name: store_outcomes
COPY update_outcome (campaign_id, outcome_no, firmware_reported, last_stage, error_code, update_status) FROM STDIN

-- Not the campaign's partition alone: a join is planned by the statistics of the whole table, and without them by a guess that takes ten
-- times as long. A small sample does, and takes a fifth of the time.
-- name: analyze
BEGIN;
SET LOCAL default_statistics_target = 30;
ANALYZE stored_report, device_profile, update_outcome;
COMMIT

-- name: profiles
SELECT region, model, hardware, firmware_from, firmware_to FROM device_profile WHERE campaign_id = $1 ORDER BY profile_no

-- name: outcomes
SELECT firmware_reported, last_stage, error_code, update_status FROM update_outcome WHERE campaign_id = $1 ORDER BY outcome_no
