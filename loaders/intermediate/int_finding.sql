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
WITH broken AS (
  SELECT DISTINCT field, raw, rule_id FROM int_distinct_value WHERE rule_id IS NOT NULL
), finding AS (
  SELECT d.device_id, d.profile_no, d.outcome_no, 'battery_voltage' AS field, v.rule_id, v.raw
  FROM stg_device d
  JOIN broken v ON v.field = 'battery_voltage' AND v.raw IS NOT DISTINCT FROM d.battery_voltage
  UNION ALL
  SELECT d.device_id, d.profile_no, d.outcome_no, 'signal_strength' AS field, v.rule_id, v.raw
  FROM stg_device d
  JOIN broken v ON v.field = 'signal_strength' AND v.raw IS NOT DISTINCT FROM d.signal_strength
  UNION ALL
  SELECT d.device_id, d.profile_no, d.outcome_no, 'storage_free_mb' AS field, v.rule_id, v.raw
  FROM stg_device d
  JOIN broken v ON v.field = 'storage_free_mb' AND v.raw IS NOT DISTINCT FROM d.storage_free_mb
)
SELECT f.device_id, p.region, o.reported_status = 'Partial' AS failed, f.field, f.rule_id, r.detects, f.raw
FROM finding f
JOIN stg_profile p ON p.profile_no = f.profile_no
JOIN stg_outcome o ON o.outcome_no = f.outcome_no
JOIN ref_rule r ON r.rule_id = f.rule_id;
