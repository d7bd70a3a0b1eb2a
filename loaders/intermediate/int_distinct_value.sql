-- model: int_distinct_value
-- question: Which values were reported, how often, and do they break a rule by themselves?
-- grain: one row a region, telemetry field and value; a fleet reports few, so that each is judged once
-- columns:
--   region   VARCHAR  Region; '(none)' where the device reports none.
--   field    VARCHAR  Telemetry field.
--   raw      VARCHAR  The value as reported; NULL where none came.
--   devices  BIGINT   Devices that reported it.
--   rule_id  VARCHAR  First rule that it breaks; '?' where that depends on the rest of the report; NULL where it breaks none or the source lacks the field.
--   number   DOUBLE   The value as a number; NULL where it is none.
CREATE TABLE int_distinct_value AS
WITH counted AS (
  SELECT p.region, 'battery_voltage' AS field, d.battery_voltage AS raw, count(*) AS devices
  FROM stg_device d JOIN stg_profile p ON p.profile_no = d.profile_no
  GROUP BY p.region, d.battery_voltage
  UNION ALL
  SELECT p.region, 'signal_strength', d.signal_strength, count(*)
  FROM stg_device d JOIN stg_profile p ON p.profile_no = d.profile_no
  GROUP BY p.region, d.signal_strength
  UNION ALL
  SELECT p.region, 'storage_free_mb', d.storage_free_mb, count(*)
  FROM stg_device d JOIN stg_profile p ON p.profile_no = d.profile_no
  GROUP BY p.region, d.storage_free_mb
)
SELECT
  v.region,
  v.field,
  v.raw,
  v.devices,
  CASE WHEN list_contains(k.reported_columns, v.field) THEN
    CASE v.field
      WHEN 'battery_voltage' THEN value_finding_battery_voltage(v.raw)
      WHEN 'signal_strength' THEN value_finding_signal_strength(v.raw)
      WHEN 'storage_free_mb' THEN value_finding_storage_free_mb(v.raw)
    END
  END AS rule_id,
  number_of(v.raw) AS number
FROM counted v
CROSS JOIN stg_campaign k;
