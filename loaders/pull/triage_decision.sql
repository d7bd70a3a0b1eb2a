-- Of who decided nothing may be read. What a rule repaired by itself came into the audit with the batch of its device: at the very moment at which
-- that batch began, which no person can, who must not decide while recovery runs.
COPY (
  SELECT t.device_id, t.version, t.verb, t.decided_at, (b.started_at IS NOT NULL)::int
  FROM triage_decision t
  LEFT JOIN (
    SELECT DISTINCT started_at FROM batch_ledger WHERE campaign_id = :campaign AND stage = 'recover'
  ) b ON b.started_at = t.decided_at AND t.version = 1 AND t.verb = 'fix'
  WHERE t.campaign_id = :campaign
) TO STDOUT
