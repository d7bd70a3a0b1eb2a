-- model: regions_add_up
-- question: Do the regions add up to the fleet?
-- grain: one row a mart and figure that does not
-- columns:
--   what      VARCHAR  What was added up.
--   expected  BIGINT   Figure of the fleet.
--   actual    BIGINT   Sum over the regions.
WITH sums AS (
  SELECT 'region_failure.devices' AS what, s.devices::BIGINT AS expected,
    (SELECT coalesce(sum(devices), 0)::BIGINT FROM region_failure) AS actual
  FROM campaign_summary s
  UNION ALL
  SELECT 'region_failure.failures', s.failed, (SELECT coalesce(sum(failures), 0)::BIGINT FROM region_failure)
  FROM campaign_summary s
  UNION ALL
  SELECT 'model_failure.failures', s.failed, (SELECT coalesce(sum(failures), 0)::BIGINT FROM model_failure)
  FROM campaign_summary s
  UNION ALL
  SELECT 'error_pareto.failures', s.failed, (SELECT coalesce(sum(failures), 0)::BIGINT FROM error_pareto)
  FROM campaign_summary s
  UNION ALL
  SELECT 'region_status ' || f.update_status, f.devices, coalesce((
    SELECT sum(r.devices)::BIGINT FROM region_status r WHERE r.update_status = f.update_status
  ), 0)
  FROM fleet_status f
)
FROM unequal('sums');
