COPY (
  SELECT device_id, action, policy, policy_version, policy_rule, attempt, worker, batch_no, decided_at
  FROM recovery_actions
  WHERE campaign_id = :campaign
) TO STDOUT
