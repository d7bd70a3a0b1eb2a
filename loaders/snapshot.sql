-- model: snapshot
-- question: What was pulled, and as of when?
-- grain: one row
-- columns:
--   id             VARCHAR    SHA-256, first 16 digits, of the rows that the marts read (in any order), the rules and the SQL.
--   campaign_id    INTEGER    Number of the campaign.
--   campaign       VARCHAR    What --campaign names it by.
--   taken_at       TIMESTAMP  Latest moment that the data knows of, UTC: the same state of the database gives the same.
--   devices        BIGINT     Devices pulled.
CREATE TABLE snapshot AS
WITH pulled_rows AS (
  SELECT 'campaign' AS source, count(*) AS rows, sum(hash(t)) AS content FROM stg_campaign t
  UNION ALL SELECT 'device', count(*), sum(hash(t)) FROM stg_device t
  UNION ALL SELECT 'profile', count(*), sum(hash(t)) FROM stg_profile t
  UNION ALL SELECT 'outcome', count(*), sum(hash(t)) FROM stg_outcome t
  UNION ALL SELECT 'rule', count(*), sum(hash(t)) FROM stg_rule t
    WHERE rule_no IN (SELECT rule_no FROM int_cohort UNION ALL SELECT rule_no FROM stg_tally)
  UNION ALL SELECT 'fault', count(*), sum(hash(t)) FROM stg_fault t
  UNION ALL SELECT 'action', count(*), sum(hash(t)) FROM stg_action t
  UNION ALL SELECT 'triage', count(*), sum(hash(t)) FROM stg_triage t
  UNION ALL SELECT 'judged', count(*), sum(hash(t)) FROM stg_judged t
  UNION ALL SELECT 'triage_decision', count(*), sum(hash(t)) FROM stg_triage_decision t
  UNION ALL SELECT 'batch', count(*), sum(hash(t)) FROM stg_batch t
  UNION ALL SELECT 'validation', count(*), sum(hash(t)) FROM stg_validation t
  UNION ALL SELECT 'run', count(*), sum(hash(t)) FROM stg_run t
  UNION ALL SELECT 'reject', count(*), sum(hash(t)) FROM stg_reject t
  UNION ALL SELECT 'compared', count(*), sum(hash(t)) FROM stg_compared t
  UNION ALL SELECT 'tally', count(*), sum(hash(t)) FROM stg_tally t
), moment AS (
  SELECT max(created_at) AS latest FROM stg_campaign
  UNION ALL SELECT max(last_decided_at) FROM stg_action
  UNION ALL SELECT max(quarantined_at) FROM stg_triage
  UNION ALL SELECT max(decided_at) FROM stg_triage_decision
  UNION ALL SELECT max(finished_at) FROM stg_batch
  UNION ALL SELECT max(checked_at) FROM stg_validation
  UNION ALL SELECT max(coalesce(finished_at, started_at)) FROM stg_run
)
SELECT
  left(sha256(getvariable('reader') || (
    SELECT string_agg(concat_ws(' ', source, rows, coalesce(content, 0)), ';' ORDER BY source) FROM pulled_rows
  )), 16) AS id,
  c.campaign_id,
  c.campaign,
  (SELECT max(latest) FROM moment) AS taken_at,
  (SELECT count(*) FROM stg_device) AS devices
FROM stg_campaign c;
