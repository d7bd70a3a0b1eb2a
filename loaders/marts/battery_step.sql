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
SELECT
  region,
  -- Decimals: ten times 12.3 as a double is more than 123.
  least(greatest(ceil(battery_voltage::DECIMAL(18, 6) * 10), 100), 151)::DOUBLE / 10 AS battery_to,
  count(*)::INTEGER AS devices,
  count(*) FILTER (failed)::INTEGER AS failures,
  count(*) FILTER (failed AND action = 'RETRY_UPDATE')::INTEGER AS retried,
  count(*) FILTER (failed AND action = 'FORCE_ROLLBACK')::INTEGER AS rolled
FROM int_device
WHERE battery_voltage IS NOT NULL AND abs(battery_voltage) < 1e9
GROUP BY 1, 2
ORDER BY 1, 2;
