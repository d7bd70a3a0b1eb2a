-- model: recovery_action_summary
-- question: What was decided, by which rule of the policy, and where?
-- grain: one row an action, policy rule and region, zero rows included
-- order: action in its order, policy_rule, region
-- columns:
--   action           VARCHAR  RETRY_UPDATE, FORCE_ROLLBACK or MANUAL_TRIAGE; each stands here even if it was never chosen.
--   policy_rule      VARCHAR  Policy rule that chose it; NULL for MANUAL_TRIAGE and for an action that was never chosen.
--   region           VARCHAR  Region; '(none)' where the device reports none.
--   devices          INTEGER  Devices of the region for which it was decided.
--   share_of_region  DOUBLE   Share of the region's devices that failed, 0 to 1; NULL where none did.
CREATE TABLE recovery_action_summary AS
WITH decided AS (
  SELECT action, policy_rule, region, sum(devices)::INTEGER AS devices
  FROM int_cohort
  WHERE action IS NOT NULL
  GROUP BY action, policy_rule, region
), choice AS (
  SELECT a.action, a.ordinal, d.policy_rule
  FROM ref_action a
  LEFT JOIN decided d ON d.action = a.action
  GROUP BY a.action, a.ordinal, d.policy_rule
)
SELECT
  c.action,
  c.policy_rule,
  r.region,
  coalesce(d.devices, 0) AS devices,
  rate_of(coalesce(d.devices, 0), r.failures) AS share_of_region
FROM choice c
CROSS JOIN int_region r
LEFT JOIN decided d
  ON d.action = c.action AND d.policy_rule IS NOT DISTINCT FROM c.policy_rule AND d.region = r.region
ORDER BY c.ordinal, c.policy_rule, r.region;
