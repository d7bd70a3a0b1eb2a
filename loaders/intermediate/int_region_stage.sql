-- model: int_region_stage
-- question: Of the devices of a region that reached a stage, how many stopped there, and is that by chance?
-- grain: one row a region and stage before SUCCEEDED
-- columns:
--   region         VARCHAR  Region; '(none)' where the device reports none.
--   stage          VARCHAR  Stage of the update.
--   stage_ordinal  INTEGER  Place of the stage, from 1.
--   at_risk        BIGINT   Devices that reached the stage; those whose report does not say are left out.
--   failures       BIGINT   Devices that failed with this as their last stage.
--   unknown        BIGINT   Failed devices of the region whose last stage is not known.
--   fleet_rate     DOUBLE   Failures a device at risk over the whole fleet, 0 to 1; NULL where none reached the stage.
--   p_value        DOUBLE   Two-sided p of the two-proportion z-test against all other regions; NULL where a side is empty.
CREATE TABLE int_region_stage AS
WITH stopped AS (
  SELECT region, reached, failed, sum(devices)::BIGINT AS devices FROM int_cohort GROUP BY region, reached, failed
), cell AS (
  SELECT
    d.region,
    s.stage,
    s.ordinal AS stage_ordinal,
    coalesce(sum(d.devices) FILTER (d.reached >= s.ordinal), 0)::BIGINT AS at_risk,
    coalesce(sum(d.devices) FILTER (d.failed AND d.reached = s.ordinal), 0)::BIGINT AS failures,
    coalesce(sum(d.devices) FILTER (d.failed AND d.reached IS NULL), 0)::BIGINT AS unknown
  FROM stopped d
  CROSS JOIN ref_stage s
  WHERE s.stage <> 'SUCCEEDED'
  GROUP BY d.region, s.stage, s.ordinal
), fleet AS (
  SELECT stage, sum(at_risk)::BIGINT AS at_risk, sum(failures)::BIGINT AS failures FROM cell GROUP BY stage
)
SELECT
  c.region, c.stage, c.stage_ordinal, c.at_risk, c.failures, c.unknown,
  rate_of(f.failures, f.at_risk) AS fleet_rate,
  two_proportion_p(c.failures, c.at_risk, f.failures - c.failures, f.at_risk - c.at_risk) AS p_value
FROM cell c
JOIN fleet f ON f.stage = c.stage
ORDER BY c.stage_ordinal, c.region;
