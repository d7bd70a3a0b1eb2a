-- PostgreSQL looks the devices up, so that the engine behind need not hold the fleet to find them.
COPY (
  SELECT t.device_id, r.region, r.model, r.firmware_from, r.last_stage, r.error_code, t.rule_id, t.rules_version, t.field,
    encode(t.raw_value, 'hex'), encode(t.raw_sha256, 'hex'), jsonb_array_length(t.findings), t.state, t.attempt,
    t.quarantined_at
  FROM triage_queue t
  LEFT JOIN device_report r
    ON r.bucket = t.bucket AND r.campaign_id = t.campaign_id AND r.device_id = t.device_id
  WHERE t.campaign_id = :campaign
) TO STDOUT
