-- name: decisions
WITH witness AS MATERIALIZED (
  SELECT
    :first_finding AS rule_id,
    :policy_rule AS policy_rule
  FROM device_status s
  JOIN judged_report r ON r.bucket = s.bucket AND r.campaign_id = s.campaign_id AND r.device_id = s.device_id
  JOIN campaign c ON c.campaign_id = r.campaign_id
  WHERE s.campaign_id = $1 AND s.update_status = 'Partial'
)
SELECT CASE WHEN w.rule_id IS NULL THEN :policy_action ELSE 'MANUAL_TRIAGE' END AS action,
  coalesce(w.rule_id, w.policy_rule) AS rule, count(*)::int AS devices
FROM witness w
GROUP BY 1, 2
ORDER BY 1, 2
