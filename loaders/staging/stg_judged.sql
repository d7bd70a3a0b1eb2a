-- model: stg_judged
-- question: What is judged of the devices that wait for a person?
-- grain: one row a device with an open row in the triage queue; none where no rule proposes anything
-- columns:
--   device_id                 VARCHAR  The device.
--   region                    VARCHAR  region as it counts: the corrected value where there is one, else as reported.
--   model                     VARCHAR  model as it counts: the corrected value where there is one, else as reported.
--   hardware                  VARCHAR  hardware as it counts: the corrected value where there is one, else as reported.
--   firmware_from             VARCHAR  firmware_from as it counts: the corrected value where there is one, else as reported.
--   firmware_to               VARCHAR  firmware_to as it counts: the corrected value where there is one, else as reported.
--   firmware_reported         VARCHAR  firmware_reported as it counts: the corrected value where there is one, else as reported.
--   last_stage                VARCHAR  last_stage as it counts: the corrected value where there is one, else as reported.
--   error_code                VARCHAR  error_code as it counts: the corrected value where there is one, else as reported.
--   attempts                  VARCHAR  attempts as it counts: the corrected value where there is one, else as reported.
--   battery_voltage           VARCHAR  battery_voltage as it counts: the corrected value where there is one, else as reported.
--   signal_strength           VARCHAR  signal_strength as it counts: the corrected value where there is one, else as reported.
--   storage_free_mb           VARCHAR  storage_free_mb as it counts: the corrected value where there is one, else as reported.
--   reported_at               VARCHAR  reported_at as it counts: the corrected value where there is one, else as reported.
--   waived_region             VARCHAR  Rule whose finding on region does not count; NULL where every one does.
--   waived_model              VARCHAR  Rule whose finding on model does not count; NULL where every one does.
--   waived_hardware           VARCHAR  Rule whose finding on hardware does not count; NULL where every one does.
--   waived_firmware_from      VARCHAR  Rule whose finding on firmware_from does not count; NULL where every one does.
--   waived_firmware_to        VARCHAR  Rule whose finding on firmware_to does not count; NULL where every one does.
--   waived_firmware_reported  VARCHAR  Rule whose finding on firmware_reported does not count; NULL where every one does.
--   waived_last_stage         VARCHAR  Rule whose finding on last_stage does not count; NULL where every one does.
--   waived_error_code         VARCHAR  Rule whose finding on error_code does not count; NULL where every one does.
--   waived_attempts           VARCHAR  Rule whose finding on attempts does not count; NULL where every one does.
--   waived_battery_voltage    VARCHAR  Rule whose finding on battery_voltage does not count; NULL where every one does.
--   waived_signal_strength    VARCHAR  Rule whose finding on signal_strength does not count; NULL where every one does.
--   waived_storage_free_mb    VARCHAR  Rule whose finding on storage_free_mb does not count; NULL where every one does.
--   waived_reported_at        VARCHAR  Rule whose finding on reported_at does not count; NULL where every one does.
--   waived_device_id          VARCHAR  Rule whose finding on device_id does not count; NULL where every one does.
CREATE TABLE stg_judged AS
SELECT *
FROM pulled('judged', {
  'device_id': 'VARCHAR', 'region': 'VARCHAR', 'model': 'VARCHAR', 'hardware': 'VARCHAR', 'firmware_from': 'VARCHAR',
  'firmware_to': 'VARCHAR', 'firmware_reported': 'VARCHAR', 'last_stage': 'VARCHAR', 'error_code': 'VARCHAR',
  'attempts': 'VARCHAR', 'battery_voltage': 'VARCHAR', 'signal_strength': 'VARCHAR', 'storage_free_mb': 'VARCHAR',
  'reported_at': 'VARCHAR', 'waived_region': 'VARCHAR', 'waived_model': 'VARCHAR', 'waived_hardware': 'VARCHAR',
  'waived_firmware_from': 'VARCHAR', 'waived_firmware_to': 'VARCHAR', 'waived_firmware_reported': 'VARCHAR',
  'waived_last_stage': 'VARCHAR', 'waived_error_code': 'VARCHAR', 'waived_attempts': 'VARCHAR',
  'waived_battery_voltage': 'VARCHAR', 'waived_signal_strength': 'VARCHAR', 'waived_storage_free_mb': 'VARCHAR',
  'waived_reported_at': 'VARCHAR', 'waived_device_id': 'VARCHAR'
});
