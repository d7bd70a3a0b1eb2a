-- model: stg_device
-- question: What did each device report, valid or not?
-- grain: one row a device
-- columns:
--   device_id          VARCHAR  The device.
--   region             VARCHAR  Region, as reported.
--   model              VARCHAR  Device model, as reported.
--   hardware           VARCHAR  Hardware revision, as reported.
--   firmware_from      VARCHAR  Version before the rollout.
--   firmware_to        VARCHAR  Version that the rollout installs.
--   firmware_reported  VARCHAR  Version that the device says it runs.
--   last_stage         VARCHAR  Last step of the update that the device reached, QUEUED to SUCCEEDED.
--   error_code         VARCHAR  Error code; NULL where the update succeeded.
--   attempts           VARCHAR  Update attempts so far, as reported.
--   battery_voltage    VARCHAR  Volts, as reported: text, valid or not.
--   signal_strength    VARCHAR  Percent, as reported: text, valid or not.
--   storage_free_mb    VARCHAR  Free storage in megabytes, as reported: text, valid or not.
--   reported_at        VARCHAR  When the device reported, ISO 8601, as reported.
--   reported_status    VARCHAR  Success or Partial, as reported.
CREATE TABLE stg_device AS
SELECT
  device_id, region, model, hardware, firmware_from, firmware_to, firmware_reported, last_stage, error_code, attempts,
  battery_voltage, signal_strength, storage_free_mb, reported_at, update_status AS reported_status
FROM pulled('device', {
  'device_id': 'VARCHAR', 'region': 'VARCHAR', 'model': 'VARCHAR', 'hardware': 'VARCHAR', 'firmware_from': 'VARCHAR',
  'firmware_to': 'VARCHAR', 'firmware_reported': 'VARCHAR', 'last_stage': 'VARCHAR', 'error_code': 'VARCHAR',
  'attempts': 'VARCHAR', 'battery_voltage': 'VARCHAR', 'signal_strength': 'VARCHAR', 'storage_free_mb': 'VARCHAR',
  'reported_at': 'VARCHAR', 'update_status': 'VARCHAR'
});
