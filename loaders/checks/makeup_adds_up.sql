-- model: makeup_adds_up
-- question: Do the marts that notebooks read add up to the fleet, and to what its rules found?
-- grain: one row a figure that does not
-- columns:
--   what      VARCHAR  What was added up.
--   expected  BIGINT   Figure of the mart that has it whole.
--   actual    BIGINT   Sum over the parts.
WITH sums AS (
  SELECT 'region_makeup.devices' AS what, s.devices::BIGINT AS expected,
    (SELECT coalesce(sum(devices), 0)::BIGINT FROM region_makeup) AS actual
  FROM campaign_summary s
  UNION ALL
  SELECT 'region_makeup.failures', s.failed, (SELECT coalesce(sum(failures), 0)::BIGINT FROM region_makeup)
  FROM campaign_summary s
  UNION ALL
  SELECT 'battery_step.devices',
    (SELECT coalesce(sum(devices), 0)::BIGINT FROM int_distinct_value WHERE field = 'battery_voltage' AND abs(number) < 1e9)
      - (SELECT count(*) FROM int_finding WHERE field = 'battery_voltage' AND abs(number_of(raw)) < 1e9),
    (SELECT coalesce(sum(devices), 0)::BIGINT FROM battery_step)
  UNION ALL
  SELECT 'rule_finding.findings', (SELECT count(*) FROM int_finding),
    (SELECT coalesce(sum(findings), 0)::BIGINT FROM rule_finding)
)
FROM unequal('sums');
