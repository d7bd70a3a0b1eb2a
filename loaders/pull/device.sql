-- Numbers for words and decisions: the engine behind knows what they stand for. One statement takes the buckets that a small hash of
-- decisions does for, so that PostgreSQL joins them in the processor's cache and the engine behind never holds a fleet of them.
COPY (
  SELECT r.device_id, r.profile_no, r.outcome_no, d.rule_no, r.battery_voltage, r.signal_strength, r.storage_free_mb
  FROM stored_report r
  LEFT JOIN decision d
    ON d.bucket = r.bucket AND d.campaign_id = r.campaign_id AND d.device_no = r.device_no AND d.bucket = ANY(:buckets)
  WHERE r.bucket = ANY(:buckets) AND r.campaign_id = :campaign
) TO STDOUT
