-- model: errors_add_up
-- question: Do errors, models, versions and regions add up to the devices that failed, however they are crossed?
-- grain: one row a mart and scope that does not
-- columns:
--   what      VARCHAR  What was added up.
--   expected  BIGINT   Devices of the fleet that failed.
--   actual    BIGINT   Sum over the mart's rows.
WITH sums AS (
  SELECT 'error_stage' AS what, (SELECT coalesce(sum(failures), 0)::BIGINT FROM error_stage) AS actual
  UNION ALL
  SELECT s.scope || ' of group_failure', (SELECT coalesce(sum(g.failures), 0)::BIGINT FROM group_failure g WHERE g.scope = s.scope)
  FROM (VALUES ('model'), ('firmware')) AS s (scope)
  UNION ALL
  SELECT
    s.scope || ' of error_group_failure',
    (SELECT coalesce(sum(g.failures), 0)::BIGINT FROM error_group_failure g WHERE g.scope = s.scope)
  FROM (VALUES ('model'), ('firmware'), ('region')) AS s (scope)
  UNION ALL
  SELECT
    s.scope || ' of region_group_failure',
    (SELECT coalesce(sum(g.failures), 0)::BIGINT FROM region_group_failure g WHERE g.scope = s.scope)
  FROM (VALUES ('model'), ('firmware')) AS s (scope)
)
SELECT s.what, c.failed::BIGINT AS expected, s.actual FROM sums s, campaign_summary c WHERE s.actual IS DISTINCT FROM c.failed;
