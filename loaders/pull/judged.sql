-- The reports of open places as they count, with what a person corrected or let stand: only where a rule proposes anything (1, else 0).
COPY (
  SELECT j.device_id,
    j.region, j.model, j.hardware, j.firmware_from, j.firmware_to, j.firmware_reported, j.last_stage, j.error_code, j.attempts,
    j.battery_voltage, j.signal_strength, j.storage_free_mb, j.reported_at, j.waived_region, j.waived_model, j.waived_hardware,
    j.waived_firmware_from, j.waived_firmware_to, j.waived_firmware_reported, j.waived_last_stage, j.waived_error_code,
    j.waived_attempts, j.waived_battery_voltage, j.waived_signal_strength, j.waived_storage_free_mb, j.waived_reported_at,
    j.waived_device_id
  FROM triage_queue t
  JOIN judged_report j ON j.bucket = t.bucket AND j.campaign_id = t.campaign_id AND j.device_id = t.device_id
  -- The campaign is named twice, and what asks for nothing is no constant, so that no other campaign's partition is so much as locked.
  WHERE t.campaign_id = :campaign AND j.campaign_id = :campaign AND t.state = CASE WHEN :proposes = 1 THEN 'open' ELSE 'none' END
) TO STDOUT
