-- As ota_logs and ota_telemetry show a campaign.
COPY (
  SELECT j.device_id, j.bucket, j.region, j.model, j.hardware, j.firmware_from, j.firmware_to, j.firmware_reported,
    j.last_stage, j.error_code,
    whole(:trusted_attempts) AS attempts,
    :trusted_battery_voltage AS battery_voltage,
    :trusted_signal_strength AS signal_strength,
    :trusted_storage_free_mb AS storage_free_mb,
    moment(:trusted_reported_at) AS reported_at,
    j.attempts AS attempts_raw, j.battery_voltage AS battery_voltage_raw, j.signal_strength AS signal_strength_raw,
    j.storage_free_mb AS storage_free_mb_raw, j.reported_at AS reported_at_raw,
    j.reported_status, j.update_status, j.action
  FROM (
    SELECT d.*, p.region, p.model, p.hardware, p.firmware_from, p.firmware_to,
      o.firmware_reported, o.last_stage, o.error_code, o.reported_status,
      coalesce(s.update_status, o.counted_status) AS update_status, s.action, a.waived,
      coalesce(a.fixed['region'], p.region) AS judged_region,
      coalesce(a.fixed['model'], p.model) AS judged_model,
      coalesce(a.fixed['hardware'], p.hardware) AS judged_hardware,
      coalesce(a.fixed['firmware_from'], p.firmware_from) AS judged_firmware_from,
      coalesce(a.fixed['firmware_to'], p.firmware_to) AS judged_firmware_to,
      coalesce(a.fixed['firmware_reported'], o.firmware_reported) AS judged_firmware_reported,
      coalesce(a.fixed['last_stage'], o.last_stage) AS judged_last_stage,
      coalesce(a.fixed['error_code'], o.error_code) AS judged_error_code,
      coalesce(a.fixed['attempts'], d.attempts) AS judged_attempts,
      coalesce(a.fixed['battery_voltage'], d.battery_voltage) AS judged_battery_voltage,
      coalesce(a.fixed['signal_strength'], d.signal_strength) AS judged_signal_strength,
      coalesce(a.fixed['storage_free_mb'], d.storage_free_mb) AS judged_storage_free_mb,
      coalesce(a.fixed['reported_at'], d.reported_at) AS judged_reported_at
    FROM (
      SELECT plain(COLUMNS(*)) FROM lines('device', {
        'bucket': 'INTEGER', 'profile_no': 'INTEGER', 'outcome_no': 'INTEGER', 'rule_no': 'INTEGER', 'device_id': 'VARCHAR',
        'attempts': 'VARCHAR', 'battery_voltage': 'VARCHAR', 'signal_strength': 'VARCHAR', 'storage_free_mb': 'VARCHAR',
        'reported_at': 'VARCHAR'
      })
    ) d
    LEFT JOIN profile p ON p.profile_no = d.profile_no
    LEFT JOIN outcome o ON o.outcome_no = d.outcome_no
    LEFT JOIN status s ON s.rule_no = d.rule_no
    LEFT JOIN amendment a ON a.device_id = d.device_id
  ) j
) TO (getvariable('target')) (FORMAT parquet, COMPRESSION zstd);
