-- model: int_tally
-- question: How many devices of each campaign are alike in what is compared?
-- grain: one row a campaign and combination
-- columns:
--   campaign_id  INTEGER  Number of the campaign.
--   region       VARCHAR  Region; '(none)' where the device reports none, '(untrusted)' where a rule of the shown campaign finds fault with it.
--   model        VARCHAR  Device model, in the same way.
--   error_code   VARCHAR  Error code, in the same way.
--   reached      INTEGER  Ordinal of the last stage reached; NULL where the report does not say, or says SUCCEEDED of a failure.
--   failed       BOOLEAN  Whether the devices count as Partial.
--   devices      BIGINT   Devices.
CREATE TABLE int_tally AS
WITH alike AS (
  SELECT k.campaign_id, c.region, c.model, c.error_code, c.reached, c.failed, c.devices
  FROM int_cohort c
  CROSS JOIN stg_campaign k
  UNION ALL
  SELECT
    t.campaign_id, t.region, t.model, t.error_code,
    CASE WHEN k.reports_stages THEN CASE WHEN t.failed THEN nullif(s.ordinal, l.ordinal) ELSE l.ordinal END END,
    t.failed, t.devices
  FROM stg_tally t
  JOIN stg_compared k ON k.campaign_id = t.campaign_id
  LEFT JOIN ref_stage s ON s.stage = t.last_stage
  CROSS JOIN (SELECT max(ordinal) AS ordinal FROM ref_stage) l
  WHERE t.failed IS NOT NULL
)
SELECT campaign_id, region, model, error_code, reached, failed, sum(devices)::BIGINT AS devices
FROM alike
GROUP BY campaign_id, region, model, error_code, reached, failed;
