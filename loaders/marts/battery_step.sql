-- model: battery_step
-- question: How do devices fare by their battery, and what was decided for those that failed?
-- grain: one row a region and step of a tenth of a volt of trusted battery voltage; all below 10 V and above 15 V are one step each
-- order: region, battery_to
-- columns:
--   region      VARCHAR  Region; '(none)' where the device reports none.
--   battery_to  DOUBLE   Upper end of the step, volts, itself within it; 10 where lower, 15.1 where higher.
--   devices     INTEGER  Devices with a trusted battery voltage in the step.
--   failures    INTEGER  Devices that failed at first, whatever followed.
--   retried     INTEGER  Of these, devices for which a retry was decided.
--   rolled      INTEGER  Of these, devices for which a rollback was decided.
CREATE TABLE battery_step AS
WITH reported AS (
  SELECT region, raw, devices, 0 AS failures, 0 AS retried, 0 AS rolled
  FROM int_distinct_value
  WHERE field = 'battery_voltage'
  UNION ALL
  SELECT c.region, d.battery_voltage, 0, count(*),
    count(*) FILTER (c.action = 'RETRY_UPDATE'), count(*) FILTER (c.action = 'FORCE_ROLLBACK')
  FROM stg_device d
  JOIN (FROM int_cohort WHERE failed) c
    ON c.profile_no = d.profile_no AND c.outcome_no = d.outcome_no AND c.rule_no IS NOT DISTINCT FROM d.rule_no
  GROUP BY c.region, d.battery_voltage
  UNION ALL
  -- Less those of which the value is not trusted: far fewer than the devices to look up.
  SELECT c.region, f.raw, -count(*), -count(*) FILTER (c.failed),
    -count(*) FILTER (c.failed AND c.action = 'RETRY_UPDATE'), -count(*) FILTER (c.failed AND c.action = 'FORCE_ROLLBACK')
  FROM int_finding f
  JOIN stg_device d ON d.device_id = f.device_id
  JOIN int_cohort c
    ON c.profile_no = d.profile_no AND c.outcome_no = d.outcome_no AND c.rule_no IS NOT DISTINCT FROM d.rule_no
  WHERE f.field = 'battery_voltage'
  GROUP BY c.region, f.raw
), trusted AS (
  SELECT region, number_of(raw) AS volts, sum(devices) AS devices,
    sum(failures) AS failures, sum(retried) AS retried, sum(rolled) AS rolled
  FROM reported
  GROUP BY region, raw
  HAVING sum(devices) > 0
)
SELECT
  region,
  -- Decimals: ten times 12.3 as a double is more than 123.
  least(greatest(ceil(volts::DECIMAL(18, 6) * 10), 100), 151)::DOUBLE / 10 AS battery_to,
  sum(devices)::INTEGER AS devices,
  sum(failures)::INTEGER AS failures,
  sum(retried)::INTEGER AS retried,
  sum(rolled)::INTEGER AS rolled
FROM trusted
WHERE abs(volts) < 1e9
GROUP BY 1, 2
ORDER BY 1, 2;
