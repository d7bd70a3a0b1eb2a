COPY (
  SELECT action, policy_rule, count(*), max(decided_at)
  FROM recovery_actions
  WHERE campaign_id = :campaign
  GROUP BY action, policy_rule
) TO STDOUT
