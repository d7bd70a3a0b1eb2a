-- The report as it came is o, and r what it is once rules have repaired it by themselves, which they do to no device that has been in triage.
-- name: decisions
WITH witness AS MATERIALIZED (
  SELECT
    CASE WHEN w.rule_id IS NOT NULL AND (t.device_id IS NOT NULL OR :first_finding IS NOT NULL) THEN w.rule_id END AS rule_id,
    w.rule_id IS NOT NULL AS is_found,
    :policy_rule AS policy_rule
  FROM judged_report o
  JOIN update_outcome s ON s.campaign_id = o.campaign_id AND s.outcome_no = o.outcome_no AND s.counted_status = 'Partial'
  LEFT JOIN decision d ON d.bucket = o.bucket AND d.campaign_id = o.campaign_id AND d.device_no = o.device_no
  LEFT JOIN triage_queue t ON t.bucket = o.bucket AND t.campaign_id = o.campaign_id AND t.device_id = o.device_id
  CROSS JOIN LATERAL (SELECT :reported_finding AS rule_id) w
  CROSS JOIN LATERAL (SELECT :repaired_fields) r
  WHERE o.campaign_id = $1 AND d.device_no IS NULL
)
SELECT CASE WHEN w.rule_id IS NULL THEN :policy_action ELSE 'MANUAL_TRIAGE' END AS action,
  CASE WHEN w.rule_id IS NULL THEN :policy_fate ELSE 'hold' END AS fate,
  coalesce(w.rule_id, w.policy_rule) AS rule, count(*)::int AS devices,
  count(*) FILTER (WHERE w.is_found AND w.rule_id IS NULL)::int AS repaired
FROM witness w
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
