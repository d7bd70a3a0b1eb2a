-- model: policy_base
-- question: What would a policy with its lines elsewhere decide?
-- grain: one row a region, standing, and combination of what the policy asks about but the battery, whose counts stand in it; none where a page could not hold them
-- order: region, standing, error_code, model, attempts, signal_strength, storage_free_mb
-- columns:
--   region           VARCHAR  Region; '(none)' where the device reports none, '(other)' beyond the twelve where most devices failed.
--   standing         VARCHAR  policy: it decides. held: a rule finds fault with the device. settled: decided in triage, or released there.
--   error_code       VARCHAR  Error code that the policy names; '(other)', '(none)'; NULL where the policy does not decide.
--   model            VARCHAR  Model with bounds of its own in the policy; '(other)', '(none)'; NULL where it has none, or does not decide.
--   attempts         VARCHAR  Stands for the reported attempts: no line at a step tells them apart; '(none)', '(text)'; NULL where nothing asks for them.
--   signal_strength  VARCHAR  The same of the signal, percent.
--   storage_free_mb  VARCHAR  The same of the free storage, megabytes.
--   devices          INTEGER  Devices that failed.
--   batteries        VARCHAR  The devices by battery in volts, each standing for those between two steps: "12.3=4 12.35=7"; "(none)=4" where nothing asks for it.
CREATE TABLE policy_base AS
WITH counted AS (
  SELECT
    region, standing, error_code, model, attempts, signal_strength, storage_free_mb,
    sum(devices)::INTEGER AS devices,
    string_agg(
      coalesce(battery_voltage, '(none)') || '=' || devices, ' '
      ORDER BY try_cast(battery_voltage AS DOUBLE) NULLS LAST, battery_voltage
    ) AS batteries
  FROM int_what_if
  GROUP BY region, standing, error_code, model, attempts, signal_strength, storage_free_mb
)
SELECT region, standing, error_code, model, attempts, signal_strength, storage_free_mb, devices, batteries
FROM counted
-- As JSON, a row takes some 180 bytes beside its batteries; the site's budget has 1 MiB for the file.
WHERE (SELECT sum(strlen(batteries) + 180) FROM counted) <= 1000000
ORDER BY region, standing, error_code, model, attempts, signal_strength, storage_free_mb;
