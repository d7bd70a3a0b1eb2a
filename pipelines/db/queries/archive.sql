-- One snapshot for all that is exported; times in UTC, rows in the order in which they are stored.
-- name: begin
BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL TimeZone = 'UTC';
SET LOCAL DateStyle = 'ISO, YMD';
SET LOCAL bytea_output = 'hex';
SET LOCAL synchronize_seqscans = off

-- The session has nothing to do while a part of a lake is written.
-- name: wait_for_parts
SET LOCAL idle_in_transaction_session_timeout = '1h'

-- name: campaign
SELECT to_jsonb(c) - 'campaign_id' AS campaign, to_jsonb(now()) #>> '{}' AS seen_at FROM campaign c WHERE c.campaign_id = $1

-- name: read_profile
COPY (
  SELECT profile_no, region, model, hardware, firmware_from, firmware_to FROM device_profile WHERE campaign_id = :campaign
) TO STDOUT

-- name: read_outcome
COPY (
  SELECT outcome_no, firmware_reported, last_stage, error_code, update_status, counted_status
  FROM update_outcome
  WHERE campaign_id = :campaign
) TO STDOUT

-- name: read_device
COPY (
  SELECT bucket, device_no, profile_no, outcome_no, device_id, attempts, battery_voltage, signal_strength, storage_free_mb,
    reported_at
  FROM stored_report
  WHERE campaign_id = :campaign
) TO STDOUT

-- name: read_fault
COPY (
  SELECT bucket, device_id, field, kind, before_value, after_value, batch_no FROM fault_ledger WHERE campaign_id = :campaign
) TO STDOUT

-- name: read_rule
COPY (
  SELECT rule_no, action, policy, policy_version, policy_rule, backoff_base_minutes, backoff_cap_minutes, is_free, is_final
  FROM decision_rule
  WHERE rule_no IN (SELECT d.rule_no FROM decision d WHERE d.campaign_id = :campaign)
    OR rule_no IN (
      SELECT unnest(ARRAY[t.took_rule, t.gave_rule]) FROM triage_decision t WHERE t.campaign_id = :campaign
    )
  ORDER BY rule_no
) TO STDOUT

-- name: read_decision
COPY (SELECT bucket, device_no, rule_no, pass, batch_no FROM decision WHERE campaign_id = :campaign) TO STDOUT

-- name: read_triage
COPY (
  SELECT bucket, device_id, rule_id, rules_version, field, raw_value, raw_sha256, findings, state, attempt, shard, worker,
    batch_no, quarantined_at, version
  FROM triage_queue
  WHERE campaign_id = :campaign
) TO STDOUT

-- name: read_amendment
COPY (SELECT bucket, device_id, field, value, waived_rule FROM telemetry_amendment WHERE campaign_id = :campaign) TO STDOUT

-- name: read_audit
COPY (
  SELECT bucket, device_id, version, verb, decided_by, decided_at, why, before, after, took_rule, took_pass, took_batch, gave_rule,
    gave_pass, gave_batch
  FROM triage_decision
  WHERE campaign_id = :campaign
) TO STDOUT

-- name: read_reject
COPY (SELECT row_no, reason, device_id FROM import_reject WHERE campaign_id = :campaign) TO STDOUT

-- The runs that name the campaign, and those that its batches and its validation name. One that is not over yet, as far as anybody will
-- ever know who reads this, was interrupted.
-- name: read_run
COPY (
  SELECT run_id, (campaign_id IS NOT NULL)::int AS names_campaign, stage, options, version, host, started_at,
    CASE result WHEN 'running' THEN now() ELSE finished_at END AS finished_at,
    CASE result WHEN 'running' THEN 'interrupted' ELSE result END AS result,
    CASE result WHEN 'running' THEN 'it was not over when the campaign was exported' ELSE error END AS error
  FROM run
  WHERE campaign_id = :campaign
    OR campaign_id IS NULL AND (
      run_id IN (SELECT b.run_id FROM batch_ledger b WHERE b.campaign_id = :campaign)
      OR run_id IN (SELECT v.run_id FROM validation_result v WHERE v.campaign_id = :campaign)
    )
) TO STDOUT

-- name: read_batch
COPY (
  SELECT stage, pass, batch_no, batches, run_id, worker, rows, checksum, started_at, finished_at
  FROM batch_ledger
  WHERE campaign_id = :campaign
) TO STDOUT

-- name: read_validation
COPY (
  SELECT ordinal, check_name, promise, expected, actual, passed, query, run_id, checked_at
  FROM validation_result
  WHERE campaign_id = :campaign
) TO STDOUT

-- Devices of some buckets with the number of what was decided, as the lake's engine joins them with their words: so few that PostgreSQL hashes
-- their decisions in the processor's cache.
-- name: read_placed
COPY (
  SELECT r.bucket, r.profile_no, r.outcome_no, d.rule_no, r.device_id, r.attempts, r.battery_voltage, r.signal_strength,
    r.storage_free_mb, r.reported_at
  FROM stored_report r
  LEFT JOIN decision d
    ON d.bucket = r.bucket AND d.campaign_id = r.campaign_id AND d.device_no = r.device_no AND d.bucket = ANY(:buckets)
  WHERE r.bucket = ANY(:buckets) AND r.campaign_id = :campaign
) TO STDOUT

-- name: read_status
COPY (SELECT rule_no, action, update_status FROM decision_rule) TO STDOUT

-- One transaction that stores, reads and analyses all: Citus can't have it unless over one connection to each node. Elsewhere nobody asks for the
-- settings.
-- name: begin_import
SET LOCAL citus.enable_local_execution = off;
SET LOCAL citus.multi_shard_modify_mode = 'sequential'

-- name: next_campaign
SELECT coalesce(max(campaign_id), 0) + 1 AS campaign FROM campaign

-- A row of campaign as it was exported, under its new number and name. What older exports do not say stands first.
-- name: store_campaign
INSERT INTO campaign
SELECT c.*
FROM jsonb_populate_record(
  NULL::campaign,
  '{"counts_contradictions": false, "rules": "default"}'::jsonb || $1::jsonb || jsonb_build_object('campaign_id', $2::int, 'name', $3::text)
) c

-- name: store_profile
COPY device_profile (campaign_id, profile_no, region, model, hardware, firmware_from, firmware_to) FROM STDIN

-- name: store_outcome
COPY update_outcome (
  campaign_id, outcome_no, firmware_reported, last_stage, error_code, update_status, counted_status
) FROM STDIN

-- name: store_device
COPY stored_report_:campaign (
  campaign_id, bucket, device_no, profile_no, outcome_no, device_id, attempts, battery_voltage, signal_strength,
  storage_free_mb, reported_at
) FROM STDIN

-- name: store_fault
COPY fault_ledger (campaign_id, bucket, device_id, field, kind, before_value, after_value, batch_no) FROM STDIN

-- name: store_decision
COPY decision_:campaign (campaign_id, bucket, device_no, rule_no, pass, batch_no) FROM STDIN

-- name: store_triage
COPY triage_queue (
  campaign_id, bucket, device_id, rule_id, rules_version, field, raw_value, raw_sha256, findings, state, attempt, shard, worker,
  batch_no, quarantined_at, version
) FROM STDIN

-- name: store_amendment
COPY telemetry_amendment (campaign_id, bucket, device_id, field, value, waived_rule) FROM STDIN

-- name: store_audit
COPY triage_decision (
  campaign_id, bucket, device_id, version, verb, decided_by, decided_at, why, before, after, took_rule, took_pass, took_batch,
  gave_rule, gave_pass, gave_batch
) FROM STDIN

-- name: store_reject
COPY import_reject (campaign_id, row_no, reason, device_id) FROM STDIN

-- name: store_run
COPY run (campaign_id, run_id, stage, options, version, host, started_at, finished_at, result, error) FROM STDIN

-- name: store_batch
COPY batch_ledger (
  campaign_id, stage, pass, batch_no, batches, run_id, worker, rows, checksum, started_at, finished_at
) FROM STDIN

-- name: store_validation
COPY validation_result (
  campaign_id, ordinal, check_name, promise, expected, actual, passed, query, run_id, checked_at
) FROM STDIN

-- The checksum of a batch of decisions is of their rules' numbers too: it moves with them, as far as it was right and no further.
-- name: renumber_checksums
UPDATE batch_ledger b
SET checksum = (b.checksum::numeric + s.shift)::text
FROM (
  SELECT d.pass, d.batch_no,
    sum(d.times * (hashtextextended(d.device_no::text, d.rule_no)::numeric - hashtextextended(d.device_no::text, m.archived))) AS shift
  FROM (
    SELECT o.pass, o.batch_no, o.device_no, o.rule_no, 1 AS times
    FROM decision o
    WHERE o.campaign_id = $1
    UNION ALL -- as validate counts what persons took away and put there
    SELECT p.pass, p.batch_no, r.device_no, p.rule_no, p.times
    FROM triage_decision t
    JOIN stored_report r ON r.bucket = t.bucket AND r.campaign_id = t.campaign_id AND r.device_id = t.device_id
    CROSS JOIN LATERAL (VALUES
      (t.took_pass, t.took_batch, t.took_rule, 1), (t.gave_pass, t.gave_batch, t.gave_rule, -1)
    ) AS p (pass, batch_no, rule_no, times)
    WHERE t.campaign_id = $1 AND p.rule_no IS NOT NULL
  ) d
  JOIN unnest($2::int[], $3::int[]) AS m (archived, here) ON m.here = d.rule_no AND m.here <> m.archived
  GROUP BY d.pass, d.batch_no
) s
WHERE b.campaign_id = $1 AND b.stage = 'recover' AND b.pass = s.pass AND b.batch_no = s.batch_no
  AND b.checksum ~ '^-?[0-9]+$'

-- name: count_contradictions
SELECT count_contradictions($1)

-- name: taken_runs
SELECT run_id FROM run WHERE run_id = ANY($1::uuid[])
