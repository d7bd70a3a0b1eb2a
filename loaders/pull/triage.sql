COPY (
  SELECT device_id, rule_id, rules_version, field, encode(raw_value, 'hex'), encode(raw_sha256, 'hex'),
    jsonb_array_length(findings), state, attempt, worker, batch_no, quarantined_at
  FROM triage_queue
  WHERE campaign_id = :campaign
) TO STDOUT
