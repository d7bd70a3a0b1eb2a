-- model: region_stage_failure
-- question: At which stage does which region fail more often than the others, beyond noise?
-- grain: one row a region and stage before SUCCEEDED, zero rows included
-- order: stage in its order, then region
-- columns:
--   region         VARCHAR  Region; '(none)' where the device reports none.
--   stage          VARCHAR  Stage where the update stopped.
--   stage_ordinal  INTEGER  Place of the stage, from 1.
--   at_risk        INTEGER  Devices that reached the stage; 0 where the campaign does not report stages.
--   failures       INTEGER  Devices at risk that failed with this as their last stage.
--   unknown        INTEGER  Failed devices of the region whose last stage is not known: neither at risk nor failures here.
--   rate           DOUBLE   failures / at_risk, 0 to 1; NULL where none reached the stage.
--   rate_low       DOUBLE   Lower 95 % Wilson bound of rate, 0 to 1; NULL where none reached the stage.
--   rate_high      DOUBLE   Upper 95 % Wilson bound of rate, 0 to 1; NULL where none reached the stage.
--   fleet_rate     DOUBLE   The same rate over the whole fleet, this region included, 0 to 1.
--   difference     DOUBLE   rate - fleet_rate, -1 to 1.
--   p_value        DOUBLE   Two-sided p of the two-proportion z-test against all other regions; NULL where a side is empty.
--   p_holm         DOUBLE   p_value held against all cells by Holm's method; NULL where p_value is.
--   significant    BOOLEAN  Whether p_holm is below 0.05, where 5 failures and 5 others are to be expected, as the z-test needs.
--   enough         BOOLEAN  Whether at_risk is 30 or more.
CREATE TABLE region_stage_failure AS
SELECT
  region,
  stage,
  stage_ordinal,
  at_risk::INTEGER AS at_risk,
  failures::INTEGER AS failures,
  unknown::INTEGER AS unknown,
  rate_of(failures, at_risk) AS rate,
  wilson_low(failures, at_risk) AS rate_low,
  wilson_high(failures, at_risk) AS rate_high,
  fleet_rate,
  rate_of(failures, at_risk) - fleet_rate AS difference,
  p_value,
  p_holm,
  coalesce(p_holm < 0.05 AND at_risk * least(fleet_rate, 1 - fleet_rate) >= 5, false) AS significant,
  at_risk >= 30 AS enough
FROM holm('int_region_stage')
ORDER BY stage_ordinal, region;
