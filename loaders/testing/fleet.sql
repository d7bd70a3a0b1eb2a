-- A fleet of $1 devices that has been through all stages, the same every time: campaign 7, named 'trial', whose partitions are there.
-- Region 'South' fails more.
WITH device AS (
  SELECT
    i,
    'DEV-' || lpad(i::text, 8, '0') AS device_id,
    (ARRAY['North', 'East', 'South', 'West'])[1 + i % 4] AS region,
    ('x' || substr(md5(i::text), 1, 7))::bit(28)::int AS r1,
    ('x' || substr(md5(i::text), 9, 7))::bit(28)::int AS r2,
    ('x' || substr(md5(i::text), 17, 7))::bit(28)::int AS r3
  FROM generate_series(0, $1::int - 1) i
), report AS (
  SELECT *, r1 % 100 < CASE region WHEN 'South' THEN 45 ELSE 25 END AS failed, r3 % 40 = 0 AS broken FROM device
), told AS (
  SELECT
    i, i % 1024 AS bucket, device_id, i / 500 AS batch_no, region, failed, broken,
    (ARRAY['null', 'type_mismatch', 'signal_drop', 'out_of_range'])[1 + r3 / 40 % 4] AS kind,
    (ARRAY['SN-100', 'GW-9'])[1 + r2 % 2] AS model,
    (ARRAY['2.1.0', '2.2.0', '2.3.1'])[1 + r2 / 2 % 3] AS firmware_from,
    (ARRAY['QUEUED', 'DOWNLOADING', 'DOWNLOADING', 'INSTALLING', 'REBOOTING'])[1 + r2 / 6 % 5] AS stopped,
    (ARRAY['connection_lost', 'low_battery', 'flash'])[1 + r2 / 30 % 3] AS error_code,
    (11 + r2 % 300 / 100.0)::numeric(6, 2)::text AS battery,
    (r3 % 101)::text AS signal,
    (r2 % 8000)::text AS storage
  FROM report
), campaign_row AS (
  INSERT INTO campaign (
    campaign_id, name, title, owner, source, source_sha256, firmware_to, seed, device_count, batch_size, reported_columns, fault_rate,
    fault_profile, fault_seed, created_at
  )
  VALUES (
    7, 'trial', 'Trial rollout', 'Ada Example', 'generated', repeat('0', 64), '2.4.0', 42, $1::int, 500,
    ARRAY['region', 'model', 'hardware', 'firmware_from', 'firmware_to', 'firmware_reported', 'last_stage', 'error_code',
      'attempts', 'battery_voltage', 'signal_strength', 'storage_free_mb', 'reported_at'],
    0.025, 'default', 42, '2026-01-01 00:00:00+00'
  )
), worded AS (
  SELECT
    *,
    dense_rank() OVER (ORDER BY region, model, firmware_from) - 1 AS profile_no,
    dense_rank() OVER (ORDER BY failed, last_stage, error) - 1 AS outcome_no
  FROM (
    SELECT *, CASE WHEN failed THEN stopped ELSE 'SUCCEEDED' END AS last_stage, CASE WHEN failed THEN error_code END AS error FROM told
  ) t
), profile_rows AS (
  INSERT INTO device_profile (campaign_id, profile_no, region, model, firmware_from, firmware_to)
  SELECT DISTINCT 7, profile_no, region, model, firmware_from, '2.4.0' FROM worded
), outcome_rows AS (
  INSERT INTO update_outcome (campaign_id, outcome_no, last_stage, error_code, update_status, counted_status)
  SELECT DISTINCT 7, outcome_no, last_stage, error, s.status, s.status
  FROM worded
  CROSS JOIN LATERAL (SELECT CASE WHEN failed THEN 'Partial' ELSE 'Success' END AS status) s
), report_rows AS (
  INSERT INTO stored_report (
    bucket, campaign_id, device_no, profile_no, outcome_no, device_id, battery_voltage, signal_strength, storage_free_mb
  )
  SELECT
    bucket, 7, i, profile_no, outcome_no, device_id, battery,
    CASE WHEN broken THEN CASE kind WHEN 'type_mismatch' THEN 'N/A' WHEN 'signal_drop' THEN '-999' WHEN 'out_of_range' THEN '250' END
      ELSE signal END,
    storage
  FROM worded
), fault_rows AS (
  INSERT INTO fault_ledger (bucket, campaign_id, device_id, field, kind, before_value, batch_no)
  SELECT bucket, 7, device_id, 'signal_strength', kind, signal, batch_no FROM told WHERE broken
), triage_rows AS (
  INSERT INTO triage_queue (
    bucket, campaign_id, device_id, rule_id, rules_version, field, raw_value, raw_sha256, findings, attempt, shard, worker,
    batch_no, quarantined_at
  )
  SELECT
    bucket, 7, device_id,
    CASE kind WHEN 'null' THEN 'signal_missing' WHEN 'type_mismatch' THEN 'signal_not_number' WHEN 'signal_drop' THEN
      'signal_dropped' ELSE 'signal_out_of_range' END,
    1, 'signal_strength', raw, sha256(raw), '[{"rule": "signal_missing", "field": "signal_strength", "raw": null}]',
    1, 0, 0, 0, '2026-01-01 00:00:03+00'
  FROM (
    SELECT *, convert_to(CASE kind WHEN 'type_mismatch' THEN 'N/A' WHEN 'signal_drop' THEN '-999' WHEN 'out_of_range' THEN '250' END,
      'UTF8') AS raw
    FROM told WHERE broken AND failed
  ) t
), rule_rows AS (
  INSERT INTO decision_rule (rule_no, action, update_status, policy, policy_version, policy_rule)
  VALUES
    (1, 'RETRY_UPDATE', 'Recovered', 'default', 1, 'battery_above_12_5'),
    (2, 'FORCE_ROLLBACK', 'Recovered', 'default', 1, 'otherwise')
), decision_rows AS (
  INSERT INTO decision (bucket, campaign_id, device_no, rule_no, pass, batch_no)
  SELECT
    bucket, 7, i, CASE WHEN broken THEN 0 WHEN battery::numeric > 12.5 THEN 1 ELSE 2 END, 1,
    CASE WHEN broken THEN 0 ELSE bucket % 2 END
  FROM told WHERE failed
), batch_rows AS (
  INSERT INTO batch_ledger (campaign_id, stage, pass, batch_no, batches, run_id, worker, rows, checksum, started_at, finished_at)
  SELECT 7, 'recover', 1, b, 2, '00000000-0000-0000-0000-000000000002', b,
    (SELECT count(*) FROM told WHERE failed AND NOT broken AND bucket % 2 = b), 'x',
    '2026-01-01 00:00:03+00', '2026-01-01 00:00:03.25+00'
  FROM generate_series(0, 1) b
), validation_rows AS (
  INSERT INTO validation_result (
    campaign_id, check_name, ordinal, promise, expected, actual, passed, query, run_id, checked_at
  )
  VALUES (7, 'devices_stored', 1, 'Devices generated are stored.', ($1::int)::text, ($1::int)::text, true, 'SELECT 1',
    '00000000-0000-0000-0000-000000000003', '2026-01-01 00:00:04+00')
)
INSERT INTO run (run_id, campaign_id, stage, options, version, host, started_at, finished_at, result, error)
VALUES
  ('00000000-0000-0000-0000-000000000001', 7, 'generate', '{"from": "/home/ada/secret/fleet.csv", "workers": 2, "databaseUrl": "x"}',
    '0.1.0', 'secret-host', '2026-01-01 00:00:01+00', '2026-01-01 00:00:02.5+00', 'succeeded', NULL),
  ('00000000-0000-0000-0000-000000000002', 7, 'recover', '{"workers": 2}', '0.1.0', 'secret-host', '2026-01-01 00:00:03+00',
    NULL, 'running', 'secret-error');
