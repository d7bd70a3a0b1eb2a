COPY (
  SELECT r.device_id, r.profile_no, r.outcome_no, d.rule_no, r.battery_voltage, r.signal_strength, r.storage_free_mb
  FROM stored_report r
  LEFT JOIN decision d ON d.bucket = r.bucket AND d.campaign_id = r.campaign_id AND d.device_no = r.device_no
  WHERE r.campaign_id = :campaign
) TO :file
