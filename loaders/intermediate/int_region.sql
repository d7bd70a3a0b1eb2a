-- model: int_region
-- question: How did each region do, and how likely is its difference from the others by chance?
-- grain: one row a region
-- columns:
--   region       VARCHAR  Region; '(none)' where the device reports none.
--   devices      BIGINT   Devices of the region.
--   failures     BIGINT   Devices that failed at first.
--   recovered    BIGINT   Devices that recovery decided.
--   quarantined  BIGINT   Devices that are held back for a person.
--   fleet_rate   DOUBLE   Failures a device over the whole fleet, 0 to 1.
--   p_value      DOUBLE   Two-sided p of the two-proportion z-test against all other regions; NULL where there are none.
CREATE TABLE int_region AS
WITH region AS (
  SELECT
    region,
    sum(devices)::BIGINT AS devices,
    coalesce(sum(devices) FILTER (failed), 0)::BIGINT AS failures,
    coalesce(sum(devices) FILTER (update_status = 'Recovered'), 0)::BIGINT AS recovered,
    coalesce(sum(devices) FILTER (update_status = 'Quarantined'), 0)::BIGINT AS quarantined
  FROM int_cohort
  GROUP BY region
), fleet AS (
  SELECT sum(devices)::BIGINT AS devices, sum(failures)::BIGINT AS failures FROM region
)
SELECT
  r.region, r.devices, r.failures, r.recovered, r.quarantined,
  rate_of(f.failures, f.devices) AS fleet_rate,
  two_proportion_p(r.failures, r.devices, f.failures - r.failures, f.devices - r.devices) AS p_value
FROM region r
CROSS JOIN fleet f
ORDER BY r.region;
