-- model: stg_device
-- question: What did each device report, valid or not, and what was decided for it, by the numbers of the words?
-- grain: one row a device
-- columns:
--   device_id        VARCHAR   The device.
--   profile_no       INTEGER   What the device is: row of stg_profile.
--   outcome_no       INTEGER   What became of its update: row of stg_outcome.
--   rule_no          SMALLINT  What was decided: row of stg_rule; NULL where nothing was.
--   battery_voltage  VARCHAR   Volts, as reported: text, valid or not.
--   signal_strength  VARCHAR   Percent, as reported: text, valid or not.
--   storage_free_mb  VARCHAR   Megabytes, as reported: text, valid or not.
--   attempts         VARCHAR   Update attempts, as reported; NULL where no rule asks for them.
--   reported_at      VARCHAR   When, as reported; NULL where no rule asks for it.
CREATE TABLE stg_device (
  device_id       VARCHAR,
  profile_no      INTEGER,
  outcome_no      INTEGER,
  rule_no         SMALLINT,
  battery_voltage VARCHAR,
  signal_strength VARCHAR,
  storage_free_mb VARCHAR,
  attempts        VARCHAR,
  reported_at     VARCHAR
);
INSERT INTO stg_device
SELECT copy_text(device_id), profile_no, outcome_no, rule_no,
  copy_text(battery_voltage), copy_text(signal_strength), copy_text(storage_free_mb),
  copy_text(attempts), copy_text(reported_at)
FROM lines('device', {
  'device_id': 'VARCHAR', 'profile_no': 'INTEGER', 'outcome_no': 'INTEGER', 'rule_no': 'SMALLINT',
  'battery_voltage': 'VARCHAR', 'signal_strength': 'VARCHAR', 'storage_free_mb': 'VARCHAR',
  'attempts': 'VARCHAR', 'reported_at': 'VARCHAR'
});
