-- model: fleet_adds_up
-- question: Do the four statuses add up to the devices, and the devices to what was pulled?
-- grain: one row a sum that does not
-- columns:
--   what      VARCHAR  What was added up.
--   expected  BIGINT   Devices.
--   actual    BIGINT   What the sum came to.
WITH sums AS (
  SELECT 'statuses' AS what, s.devices::BIGINT AS expected, (SELECT coalesce(sum(devices), 0)::BIGINT FROM fleet_status) AS actual
  FROM campaign_summary s
  UNION ALL
  SELECT 'campaign_summary', s.devices, s.success + s."partial" + s.recovered + s.quarantined FROM campaign_summary s
  UNION ALL
  SELECT 'rows of the file', getvariable('device_rows')::BIGINT, s.devices FROM campaign_summary s
)
FROM unequal('sums');
