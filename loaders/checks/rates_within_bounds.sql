-- model: rates_within_bounds
-- question: Does every rate lie between its bounds, and the bounds between 0 and 1?
-- grain: one row a rate that does not
-- columns:
--   what  VARCHAR  Mart and row.
--   rate  DOUBLE   The rate.
--   low   DOUBLE   Its lower bound.
--   high  DOUBLE   Its upper bound.
WITH rates AS (
  SELECT 'fleet_status ' || update_status AS what, share AS rate, share_low AS low, share_high AS high FROM fleet_status
  UNION ALL SELECT 'region_status ' || region || ' ' || update_status, rate, rate_low, rate_high FROM region_status
  UNION ALL SELECT 'region_failure ' || region, rate, rate_low, rate_high FROM region_failure
  UNION ALL SELECT 'region_stage_failure ' || region || ' ' || stage, rate, rate_low, rate_high FROM region_stage_failure
  UNION ALL SELECT 'bottleneck_ranking ' || region || ' ' || stage, rate, rate_low, rate_high FROM bottleneck_ranking
  UNION ALL SELECT 'model_failure ' || model || ' ' || firmware_from, rate, rate_low, rate_high FROM model_failure
  UNION ALL SELECT 'error_pareto ' || error_code, share, share_low, share_high FROM error_pareto
  UNION ALL SELECT 'group_failure ' || scope || ' ' || name, rate, rate_low, rate_high FROM group_failure
  UNION ALL
  SELECT 'error_group_failure ' || scope || ' ' || name || ' ' || error_code, rate, rate_low, rate_high FROM error_group_failure
  UNION ALL
  SELECT 'region_group_failure ' || region || ' ' || scope || ' ' || name, rate, rate_low, rate_high FROM region_group_failure
  UNION ALL
  SELECT 'data_quality ' || region || ' ' || field, finding_rate, finding_rate_low, finding_rate_high FROM data_quality
)
SELECT what, rate, low, high
FROM rates
WHERE NOT coalesce(0 <= low AND low <= rate AND rate <= high AND high <= 1, rate IS NULL AND low IS NULL AND high IS NULL)
ORDER BY what;
