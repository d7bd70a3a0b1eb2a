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
  SELECT c.region, c.failed, c.action, d.battery_voltage AS raw, count(*) AS devices
  FROM stg_device d
  JOIN int_cohort c
    ON c.profile_no = d.profile_no AND c.outcome_no = d.outcome_no AND c.rule_no IS NOT DISTINCT FROM d.rule_no
  GROUP BY ALL
  UNION ALL
  -- Less those of which the value is not trusted: far fewer than the devices to look up.
  SELECT c.region, c.failed, c.action, f.raw, -count(*)
  FROM int_finding f
  JOIN stg_device d ON d.device_id = f.device_id
  JOIN int_cohort c
    ON c.profile_no = d.profile_no AND c.outcome_no = d.outcome_no AND c.rule_no IS NOT DISTINCT FROM d.rule_no
  WHERE f.field = 'battery_voltage'
  GROUP BY ALL
), trusted AS (
  SELECT region, failed, action, number_of(raw) AS volts, sum(devices) AS devices
  FROM reported
  GROUP BY ALL
  HAVING sum(devices) > 0
)
SELECT
  region,
  -- Decimals: ten times 12.3 as a double is more than 123.
  least(greatest(ceil(volts::DECIMAL(18, 6) * 10), 100), 151)::DOUBLE / 10 AS battery_to,
  sum(devices)::INTEGER AS devices,
  coalesce(sum(devices) FILTER (failed), 0)::INTEGER AS failures,
  coalesce(sum(devices) FILTER (failed AND action = 'RETRY_UPDATE'), 0)::INTEGER AS retried,
  coalesce(sum(devices) FILTER (failed AND action = 'FORCE_ROLLBACK'), 0)::INTEGER AS rolled
FROM trusted
WHERE abs(volts) < 1e9
GROUP BY 1, 2
ORDER BY 1, 2;
