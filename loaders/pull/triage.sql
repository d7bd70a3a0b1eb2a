-- PostgreSQL looks the devices up, so that the engine behind need not hold the fleet to find them.
COPY (
  SELECT t.device_id, p.region, p.model, p.firmware_from, o.last_stage, o.error_code, t.rule_id, t.rules_version, t.field,
    encode(t.raw_value, 'hex'), encode(t.raw_sha256, 'hex'), jsonb_array_length(t.findings),
    jsonb_path_query_array(t.findings, '$[*].rule'), t.state, t.version,
    CASE WHEN t.state = 'released' THEN (
      SELECT max(d.rule_no) FROM decision d WHERE d.bucket = r.bucket AND d.campaign_id = :campaign AND d.device_no = r.device_no
    ) END,
    t.attempt, t.quarantined_at
  FROM triage_queue t
  LEFT JOIN stored_report r
    ON r.bucket = t.bucket AND r.campaign_id = t.campaign_id AND r.device_id = t.device_id
  LEFT JOIN device_profile p ON p.campaign_id = r.campaign_id AND p.profile_no = r.profile_no
  LEFT JOIN update_outcome o ON o.campaign_id = r.campaign_id AND o.outcome_no = r.outcome_no
  WHERE t.campaign_id = :campaign
) TO STDOUT
