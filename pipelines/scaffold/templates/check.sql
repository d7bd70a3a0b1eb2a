-- model: :name_adds_up
-- question: Does :name have every device and every failure, once?
-- grain: one row a figure that does not add up
-- columns:
--   what      VARCHAR  What was added up.
--   expected  BIGINT   Figure of the fleet.
--   actual    BIGINT   Sum over the mart.
WITH sums AS (
  SELECT 'devices' AS what, s.devices::BIGINT AS expected,
    (SELECT coalesce(sum(devices), 0)::BIGINT FROM :name) AS actual
  FROM campaign_summary s
  UNION ALL
  SELECT 'failures', s.failed, (SELECT coalesce(sum(failures), 0)::BIGINT FROM :name)
  FROM campaign_summary s
)
FROM unequal('sums');
