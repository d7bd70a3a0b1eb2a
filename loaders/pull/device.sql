-- The columns that a model reads; the rest of a report stays in PostgreSQL, which also joins the decisions, so that the engine
-- behind never holds a fleet of them.
COPY (
  SELECT r.device_id, r.region, r.model, r.firmware_from, r.last_stage, r.error_code, r.battery_voltage, r.signal_strength,
    r.storage_free_mb, r.update_status, a.action, a.policy_rule, t.device_id IS NOT NULL
  FROM device_report r
  LEFT JOIN recovery_actions a
    ON a.bucket = r.bucket AND a.campaign_id = r.campaign_id AND a.device_id = r.device_id
  LEFT JOIN triage_queue t
    ON t.bucket = r.bucket AND t.campaign_id = r.campaign_id AND t.device_id = r.device_id AND t.state = 'open'
  WHERE r.campaign_id = :campaign
) TO STDOUT
