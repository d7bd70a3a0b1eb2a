-- Numbers for words and decisions: the engine behind knows what they stand for. One statement takes the buckets that a small hash of
-- decisions does for, so that PostgreSQL joins them in the processor's cache and the engine behind never holds a fleet of them.
-- What a device says of attempts and time only comes where a rule asks for it (1, else 0).
COPY (
  SELECT r.device_id, r.profile_no, r.outcome_no, d.rule_no, r.battery_voltage, r.signal_strength, r.storage_free_mb,
    CASE WHEN :attempts = 1 THEN r.attempts END, CASE WHEN :{reported_at} = 1 THEN r.reported_at END
  FROM stored_report r
  LEFT JOIN decision d
    ON d.bucket = r.bucket AND d.campaign_id = r.campaign_id AND d.device_no = r.device_no AND d.bucket = ANY(:buckets)
  WHERE r.bucket = ANY(:buckets) AND r.campaign_id = :campaign
) TO STDOUT
