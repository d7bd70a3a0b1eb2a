-- name: by_name
SELECT campaign_id, name, title, owner, source, source_file, source_sha256, firmware_to, seed::float8 AS seed,
  device_count::float8 AS device_count, rejected_count::float8 AS rejected_count, batch_size, reported_columns,
  rules, fault_rate, fault_profile, fault_seed::float8 AS fault_seed
FROM campaign
WHERE name = $1

-- name: current
SELECT c.campaign_id, c.name, c.title, c.owner, c.source, c.source_file, c.source_sha256, c.firmware_to,
  c.seed::float8 AS seed, c.device_count::float8 AS device_count, c.rejected_count::float8 AS rejected_count, c.batch_size,
  c.reported_columns, c.rules, c.fault_rate, c.fault_profile, c.fault_seed::float8 AS fault_seed
FROM campaign c
JOIN current_campaign USING (campaign_id)

-- name: names
SELECT name FROM campaign ORDER BY campaign_id DESC LIMIT 10

-- name: insert
INSERT INTO campaign AS n (
  campaign_id, name, title, owner, source, source_file, source_sha256, firmware_to, seed, device_count, rejected_count,
  batch_size, reported_columns
)
SELECT coalesce(max(c.campaign_id), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
FROM campaign c
RETURNING n.campaign_id

-- The view names the campaign by its number, so that the planner knows which partitions it means: asked for at run time, as the number in
-- current_campaign, it would have to guess how many rows they hold.
-- name: make_current
INSERT INTO current_campaign (campaign_id) VALUES (:campaign)
ON CONFLICT (only_row) DO UPDATE SET campaign_id = excluded.campaign_id;
CREATE OR REPLACE VIEW ota_logs AS SELECT s.* FROM device_status s WHERE s.campaign_id = :campaign

-- name: rule_sets
SELECT DISTINCT rules FROM campaign ORDER BY rules

-- Whether anything was made of the rules: a decision, or a place in triage.
-- name: is_judged
SELECT EXISTS (SELECT d.bucket FROM decision d WHERE d.campaign_id = $1)
  OR EXISTS (SELECT t.bucket FROM triage_queue t WHERE t.campaign_id = $1) AS is_judged

-- name: set_rules
UPDATE campaign SET rules = $2 WHERE campaign_id = $1

-- name: store_rejects
COPY import_reject (campaign_id, row_no, reason, device_id) FROM STDIN

-- name: set_apart
UPDATE campaign SET device_count = device_count - :rows, rejected_count = rejected_count + :rows WHERE campaign_id = :campaign

-- name: delete_triage
DELETE FROM triage_queue WHERE campaign_id = $1

-- name: delete_amendments
DELETE FROM telemetry_amendment WHERE campaign_id = $1

-- name: delete_audit
DELETE FROM triage_decision WHERE campaign_id = $1

-- name: delete_faults
DELETE FROM fault_ledger WHERE campaign_id = $1

-- name: delete_profiles
DELETE FROM device_profile WHERE campaign_id = $1

-- name: delete_outcomes
DELETE FROM update_outcome WHERE campaign_id = $1

-- name: delete_rejects
DELETE FROM import_reject WHERE campaign_id = $1

-- name: delete_batches
DELETE FROM batch_ledger WHERE campaign_id = $1

-- name: delete_validation
DELETE FROM validation_result WHERE campaign_id = $1

-- name: delete_runs
DELETE FROM run WHERE campaign_id = $1

-- name: delete_current
DELETE FROM current_campaign WHERE campaign_id = $1

-- name: delete_campaign
DELETE FROM campaign WHERE campaign_id = $1
