-- model: stg_device
-- question: What did each device report, valid or not?
-- grain: one row a device; a view of the pulled file, gone once int_device holds the fleet
-- columns:
--   device_id        VARCHAR  The device.
--   region           VARCHAR  Region, as reported.
--   model            VARCHAR  Device model, as reported.
--   firmware_from    VARCHAR  Version before the rollout.
--   last_stage       VARCHAR  Last step of the update that the device reached, QUEUED to SUCCEEDED.
--   error_code       VARCHAR  Error code; NULL where the update succeeded.
--   battery_voltage  VARCHAR  Volts, as reported: text, valid or not.
--   signal_strength  VARCHAR  Percent, as reported: text, valid or not.
--   storage_free_mb  VARCHAR  Free storage in megabytes, as reported: text, valid or not.
--   reported_status  VARCHAR  Success or Partial, as reported.
--   action           VARCHAR  What recovery decided; NULL where it decided nothing.
--   policy_rule      VARCHAR  Policy rule that chose it; NULL where none did.
--   in_triage        BOOLEAN  Whether the triage queue has an open row of the device.
CREATE VIEW stg_device AS
SELECT
  device_id, region, model, firmware_from, last_stage, error_code, battery_voltage, signal_strength, storage_free_mb,
  update_status AS reported_status, action, policy_rule, in_triage::BOOLEAN AS in_triage
FROM pulled('device', {
  'device_id': 'VARCHAR', 'region': 'VARCHAR', 'model': 'VARCHAR', 'firmware_from': 'VARCHAR', 'last_stage': 'VARCHAR',
  'error_code': 'VARCHAR', 'battery_voltage': 'VARCHAR', 'signal_strength': 'VARCHAR', 'storage_free_mb': 'VARCHAR',
  'update_status': 'VARCHAR', 'action': 'VARCHAR', 'policy_rule': 'VARCHAR', 'in_triage': 'VARCHAR'
});
