-- name: decisions
WITH witness AS MATERIALIZED (
  SELECT
    :first_finding AS rule_id,
    :policy_rule AS policy_rule
  FROM device_status r
  JOIN campaign c ON c.campaign_id = r.campaign_id
  WHERE r.campaign_id = $1 AND r.update_status = 'Partial'
)
SELECT CASE WHEN w.rule_id IS NULL THEN :policy_action ELSE 'MANUAL_TRIAGE' END AS action,
  coalesce(w.rule_id, w.policy_rule) AS rule, count(*)::int AS devices
FROM witness w
GROUP BY 1, 2
ORDER BY 1, 2
