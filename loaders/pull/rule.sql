COPY (
  SELECT rule_no, action, policy_rule, update_status
  FROM decision_rule
) TO STDOUT
