COPY (
  SELECT rule_no, action, policy_rule, update_status, policy, policy_version
  FROM decision_rule
) TO STDOUT
