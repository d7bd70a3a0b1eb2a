-- model: outlook_adds_up
-- question: Do the devices that a policy is tried on, and those that the return rests on, add up to those that failed?
-- grain: one row a figure that does not
-- columns:
--   what      VARCHAR  What was added up.
--   expected  BIGINT   Figure of the fleet.
--   actual    BIGINT   Sum of the parts.
WITH sums AS (
  SELECT 'policy_base.devices' AS what, s.failed::BIGINT AS expected, (SELECT coalesce(sum(devices), 0)::BIGINT FROM policy_base) AS actual
  FROM campaign_summary s, policy_setting p
  WHERE p.reason IS NULL
  UNION ALL
  SELECT 'roi_base', s.failed, r.retried + r.rolled_back + r.held + r.undecided
  FROM campaign_summary s, roi_base r
  UNION ALL
  SELECT 'roi_base ' || a.action, sum(a.devices)::BIGINT,
    CASE a.action WHEN 'RETRY_UPDATE' THEN any_value(r.retried) WHEN 'FORCE_ROLLBACK' THEN any_value(r.rolled_back) ELSE any_value(r.held) END
  FROM recovery_action_summary a, roi_base r
  GROUP BY a.action
)
FROM unequal('sums');
