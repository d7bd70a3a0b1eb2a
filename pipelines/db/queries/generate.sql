-- name: store
COPY device_report (
  bucket, campaign_id, device_id, batch_no, region, model, hardware, firmware_from, firmware_to, firmware_reported,
  last_stage, error_code, attempts, battery_voltage, signal_strength, storage_free_mb, reported_at, update_status
) FROM STDIN

-- name: analyze
ANALYZE device_report
