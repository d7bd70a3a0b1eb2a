-- Another campaign ($1, name $2, seed $3) over the devices of campaign 7, but for every $4-th of those that failed, whose reports are left out (0: none).
-- Its partitions are there; policy $5 decided.
WITH kept AS (
  SELECT r.*
  FROM stored_report r
  JOIN update_outcome o ON o.campaign_id = 7 AND o.outcome_no = r.outcome_no
  WHERE r.campaign_id = 7 AND NOT ($4::int > 0 AND o.counted_status = 'Partial' AND r.device_no % nullif($4::int, 0) = 0)
), campaign_row AS (
  INSERT INTO campaign (
    campaign_id, name, title, owner, source, source_sha256, firmware_to, seed, device_count, batch_size, reported_columns, fault_rate,
    fault_profile, fault_seed, created_at
  )
  SELECT $1::int, $2::text, 'Other rollout', 'Ada Example', source, source_sha256, firmware_to, $3::bigint, (SELECT count(*) FROM kept),
    batch_size, reported_columns, fault_rate, fault_profile, fault_seed, created_at + $1::int * interval '1 hour'
  FROM campaign WHERE campaign_id = 7
), profile_rows AS (
  INSERT INTO device_profile (campaign_id, profile_no, region, model, firmware_from, firmware_to)
  SELECT $1::int, profile_no, region, model, firmware_from, firmware_to FROM device_profile WHERE campaign_id = 7
), outcome_rows AS (
  INSERT INTO update_outcome (campaign_id, outcome_no, last_stage, error_code, update_status, counted_status)
  SELECT $1::int, outcome_no, last_stage, error_code, update_status, counted_status FROM update_outcome WHERE campaign_id = 7
), report_rows AS (
  INSERT INTO stored_report (
    bucket, campaign_id, device_no, profile_no, outcome_no, device_id, battery_voltage, signal_strength, storage_free_mb
  )
  SELECT bucket, $1::int, device_no, profile_no, outcome_no, device_id, battery_voltage, signal_strength, storage_free_mb FROM kept
), rule_rows AS (
  INSERT INTO decision_rule (rule_no, action, update_status, policy, policy_version, policy_rule)
  SELECT $1::int, 'RETRY_UPDATE', 'Recovered', $5::text, 2, 'always'
), decision_rows AS (
  INSERT INTO decision (bucket, campaign_id, device_no, rule_no, pass, batch_no)
  SELECT d.bucket, $1::int, d.device_no, CASE d.rule_no WHEN 0 THEN 0 ELSE $1::int END, 1, 0
  FROM decision d
  JOIN kept k ON k.bucket = d.bucket AND k.device_no = d.device_no
  WHERE d.campaign_id = 7
)
INSERT INTO batch_ledger (campaign_id, stage, pass, batch_no, batches, run_id, worker, rows, checksum, started_at, finished_at)
SELECT $1::int, s.stage, 1, 0, 1, '00000000-0000-0000-0000-000000000009', 0, (SELECT count(*) FROM kept), 'x',
  '2026-01-02 00:00:00+00', '2026-01-02 00:00:01+00'
FROM (VALUES ('generate'), ('recover')) AS s (stage);
