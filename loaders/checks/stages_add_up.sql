-- model: stages_add_up
-- question: Where stages are reported, does each device at risk at a stage either stop there or reach the next one?
-- grain: one row a region and stage where it does not
-- columns:
--   region      VARCHAR  The region.
--   stage       VARCHAR  The stage.
--   at_risk     INTEGER  Devices that reached it.
--   failures    INTEGER  Devices that stopped there.
--   next        INTEGER  Devices that reached the next one.
WITH following AS (
  SELECT region, stage, at_risk, failures, lead(at_risk) OVER (PARTITION BY region ORDER BY stage_ordinal) AS next
  FROM region_stage_failure
)
SELECT region, stage, at_risk, failures, next
FROM following
WHERE at_risk - failures <> next OR failures > at_risk
ORDER BY region, stage;
