COPY (
  SELECT device_id, region, model, hardware, firmware_from, firmware_to, firmware_reported, last_stage, error_code, attempts,
    battery_voltage, signal_strength, storage_free_mb, reported_at, update_status
  FROM device_report
  WHERE campaign_id = :campaign
) TO STDOUT
