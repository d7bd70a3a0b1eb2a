-- name: decisions
WITH witness AS MATERIALIZED (
  SELECT
    :first_finding AS rule_id,
    :policy_rule AS policy_rule
  FROM judged_report r
  JOIN campaign c ON c.campaign_id = r.campaign_id
  JOIN update_outcome s ON s.campaign_id = r.campaign_id AND s.outcome_no = r.outcome_no AND s.counted_status = 'Partial'
  LEFT JOIN decision d ON d.bucket = r.bucket AND d.campaign_id = r.campaign_id AND d.device_no = r.device_no
  WHERE r.campaign_id = $1 AND d.device_no IS NULL
)
SELECT CASE WHEN w.rule_id IS NULL THEN :policy_action ELSE 'MANUAL_TRIAGE' END AS action,
  CASE WHEN w.rule_id IS NULL THEN :policy_fate ELSE 'hold' END AS fate,
  coalesce(w.rule_id, w.policy_rule) AS rule, count(*)::int AS devices
FROM witness w
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
