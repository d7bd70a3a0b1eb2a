-- model: int_cohort
-- question: How many devices are alike in all that was reported and decided but their telemetry?
-- grain: one row a combination; a few thousand, however large the fleet, which most marts are made of
-- columns:
--   profile_no     INTEGER   Row of stg_profile.
--   outcome_no     INTEGER   Row of stg_outcome.
--   rule_no        SMALLINT  Row of stg_rule; NULL where nothing was decided.
--   region         VARCHAR   Region; '(none)' where the device reports none.
--   model          VARCHAR   Device model; '(none)' where the device reports none.
--   firmware_from  VARCHAR   Version before the rollout; '(none)' where the device reports none.
--   reached        INTEGER   Ordinal of the last stage reached; NULL where the report does not say, or says SUCCEEDED of a failure.
--   error_code     VARCHAR   Error code; '(none)' where the device reports none.
--   failed         BOOLEAN   Whether the devices reported Partial, or a success that the reported version contradicts.
--   contradicted   BOOLEAN   Whether they reported such a success.
--   update_status  VARCHAR   Success, Partial, Recovered or Quarantined: what follows from report and decisions.
--   action         VARCHAR   RETRY_UPDATE, FORCE_ROLLBACK or MANUAL_TRIAGE; NULL where nothing was decided.
--   policy_rule    VARCHAR   Policy rule that chose the action; NULL where none did.
--   devices        BIGINT    Devices.
CREATE TABLE int_cohort AS
WITH counted AS (
  SELECT profile_no, outcome_no, rule_no, count(*) AS devices
  FROM stg_device
  GROUP BY profile_no, outcome_no, rule_no
)
SELECT
  c.profile_no,
  c.outcome_no,
  c.rule_no,
  p.region,
  p.model,
  p.firmware_from,
  CASE WHEN list_contains(k.reported_columns, 'last_stage') THEN
    CASE o.counted_status WHEN 'Success' THEN l.ordinal ELSE nullif(s.ordinal, l.ordinal) END
  END AS reached,
  o.error_code,
  o.counted_status = 'Partial' AS failed,
  o.counted_status <> o.reported_status AS contradicted,
  coalesce(u.update_status, o.counted_status) AS update_status,
  u.action,
  u.policy_rule,
  c.devices
FROM counted c
JOIN stg_profile p ON p.profile_no = c.profile_no
JOIN stg_outcome o ON o.outcome_no = c.outcome_no
LEFT JOIN stg_rule u ON u.rule_no = c.rule_no
LEFT JOIN ref_stage s ON s.stage = o.last_stage
CROSS JOIN (SELECT max(ordinal) AS ordinal FROM ref_stage) l
CROSS JOIN stg_campaign k;
