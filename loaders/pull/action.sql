COPY (
  SELECT u.action, u.policy_rule, sum(d.devices), max(b.started_at)
  FROM (
    SELECT rule_no, pass, batch_no, count(*) AS devices
    FROM decision
    WHERE campaign_id = :campaign
    GROUP BY rule_no, pass, batch_no
  ) d
  JOIN decision_rule u ON u.rule_no = d.rule_no AND u.action <> 'MANUAL_TRIAGE'
  JOIN batch_ledger b
    ON b.campaign_id = :campaign AND b.stage = 'recover' AND b.pass = d.pass AND b.batch_no = d.batch_no
  GROUP BY u.action, u.policy_rule
) TO STDOUT
