-- The columns that rules and policy ask about follow the device.
-- name: read
COPY (
  SELECT r.bucket, r.device_no, r.device_id, :sources
  FROM stored_report_:campaign r
  JOIN update_outcome o ON o.campaign_id = :campaign AND o.outcome_no = r.outcome_no AND o.counted_status = 'Partial'
  WHERE r.bucket = ANY(:buckets)
) TO STDOUT

-- name: profile_no
SELECT p.profile_no::text, p.region, p.model, p.hardware, p.firmware_from, p.firmware_to
FROM device_profile p
WHERE p.campaign_id = $1

-- name: outcome_no
SELECT o.outcome_no::text, o.firmware_reported, o.last_stage, o.error_code FROM update_outcome o WHERE o.campaign_id = $1

-- name: decided
COPY (
  SELECT d.device_no
  FROM decision d
  WHERE d.bucket = ANY(:buckets) AND d.campaign_id = :campaign
) TO STDOUT

-- Devices that a person has released at some time, with what was said of their telemetry: a row an amendment, or one without any.
-- name: released
COPY (
  SELECT r.device_no, a.field, a.value, a.waived_rule
  FROM triage_queue t
  JOIN stored_report r ON r.bucket = t.bucket AND r.campaign_id = t.campaign_id AND r.device_id = t.device_id
  LEFT JOIN telemetry_amendment a ON a.bucket = t.bucket AND a.campaign_id = t.campaign_id AND a.device_id = t.device_id
  WHERE t.bucket = ANY(:buckets) AND t.campaign_id = :campaign AND t.state = 'released'
) TO STDOUT

-- name: quarantine_again
SELECT quarantine_again($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)::int AS devices

-- name: amend_by_rule
SELECT amend_by_rule($1, $2, $3, $4, $5, $6)::int AS devices

-- name: repaired
SELECT count(*)::int AS devices FROM triage_decision WHERE campaign_id = $1 AND after ->> 'by' = 'rule'

-- A decision is only ever made on a Partial device, and once.
-- name: undecided
SELECT (
  SELECT count(*)
  FROM stored_report r
  JOIN update_outcome o ON o.campaign_id = r.campaign_id AND o.outcome_no = r.outcome_no AND o.counted_status = 'Partial'
  WHERE r.campaign_id = $1
)::int - (SELECT count(*) FROM decision d WHERE d.campaign_id = $1)::int AS devices

-- name: enter_rules
INSERT INTO decision_rule (
  rule_no, action, update_status, policy, policy_version, policy_rule, backoff_base_minutes, backoff_cap_minutes, is_free, is_final
)
SELECT (SELECT max(rule_no) FROM decision_rule) + row_number() OVER (ORDER BY w.place), w.action, 'Recovered', $1, $2, w.rule,
  w.base, w.cap, w.free, w.final
FROM unnest($3::text[], $4::text[], $5::float8[], $6::float8[], $7::boolean[], $8::boolean[])
  WITH ORDINALITY AS w (rule, action, base, cap, free, final, place)
WHERE NOT EXISTS (
  SELECT
  FROM decision_rule k
  WHERE k.action = w.action AND k.policy = $1 AND k.policy_version = $2 AND k.policy_rule = w.rule
    AND k.backoff_base_minutes IS NOT DISTINCT FROM w.base AND k.backoff_cap_minutes IS NOT DISTINCT FROM w.cap
    AND k.is_free = w.free AND k.is_final = w.final
)

-- name: rules
SELECT k.rule_no
FROM unnest($3::text[], $4::text[], $5::float8[], $6::float8[], $7::boolean[], $8::boolean[])
  WITH ORDINALITY AS w (rule, action, base, cap, free, final, place)
JOIN decision_rule k ON k.action = w.action AND k.policy = $1 AND k.policy_version = $2 AND k.policy_rule = w.rule
  AND k.backoff_base_minutes IS NOT DISTINCT FROM w.base AND k.backoff_cap_minutes IS NOT DISTINCT FROM w.cap
  AND k.is_free = w.free AND k.is_final = w.final
ORDER BY w.place

-- name: store_decisions
COPY decision_:campaign (bucket, device_no, campaign_id, rule_no, pass, batch_no) FROM STDIN

-- name: store_triage
COPY triage_queue (
  bucket, campaign_id, device_id, rule_id, rules_version, field, raw_value, raw_sha256, findings, attempt, shard, worker,
  batch_no, state, version
) FROM STDIN

-- name: by_action
SELECT k.action, sum(d.devices)::int AS devices
FROM (SELECT rule_no, count(*) AS devices FROM decision WHERE campaign_id = $1 GROUP BY rule_no) d
JOIN decision_rule k ON k.rule_no = d.rule_no
GROUP BY k.action
ORDER BY k.action

-- As of reports: generate.analyze. Of the triage queue, what reports said and what was found in them is wide, and never asked for.
-- name: analyze
SET LOCAL default_statistics_target = 10;
DO $$
DECLARE
  part name;
BEGIN
  FOR part IN
    SELECT leaf.relname FROM pg_partition_tree('decision_:campaign') t JOIN pg_class leaf ON leaf.oid = t.relid WHERE t.isleaf
  LOOP
    EXECUTE format('ANALYZE %I', part);
  END LOOP;
  IF (
    SELECT abs(sum(leaf.reltuples) - whole.reltuples) > whole.reltuples / 10 OR whole.reltuples <= 0
    FROM pg_class whole
    CROSS JOIN pg_partition_tree(whole.oid) t
    JOIN pg_class leaf ON leaf.oid = t.relid AND t.isleaf AND leaf.reltuples >= 0
    WHERE whole.oid = 'decision'::regclass
    GROUP BY whole.reltuples
  ) IS NOT FALSE THEN
    IF current_setting('server_version_num')::int >= 180000 THEN
      EXECUTE 'ANALYZE ONLY decision';
    ELSE
      ANALYZE decision;
    END IF;
  END IF;
END $$;
ANALYZE decision_rule, triage_decision, telemetry_amendment, fault_ledger, batch_ledger,
  triage_queue (bucket, campaign_id, device_id, rule_id, field, state)
