-- model: int_finding
-- question: Which fields of which devices break a rule, and with what value?
-- grain: one row a device and field that breaks a rule
-- columns:
--   device_id  VARCHAR  The device.
--   region     VARCHAR  Region; '(none)' where the device reports none.
--   failed     BOOLEAN  Whether the device reported Partial.
--   field      VARCHAR  Telemetry field.
--   rule_id    VARCHAR  First rule that the field breaks.
--   detects    VARCHAR  Fault kind that the rule is there to find.
--   raw        VARCHAR  The value as reported; NULL where none came.
CREATE TABLE int_finding AS
WITH finding AS (
  SELECT device_id, region, failed, 'battery_voltage' AS field, battery_finding AS rule_id, battery_raw AS raw
  FROM int_device WHERE battery_finding IS NOT NULL
  UNION ALL
  SELECT device_id, region, failed, 'signal_strength', signal_finding, signal_raw
  FROM int_device WHERE signal_finding IS NOT NULL
  UNION ALL
  SELECT device_id, region, failed, 'storage_free_mb', storage_finding, storage_raw
  FROM int_device WHERE storage_finding IS NOT NULL
)
SELECT f.device_id, f.region, f.failed, f.field, f.rule_id, r.detects, f.raw
FROM finding f
JOIN ref_rule r ON r.rule_id = f.rule_id;
