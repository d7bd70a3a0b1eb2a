-- model: region_status
-- question: How many devices of each region are in each status?
-- grain: one row a region and update status, zero rows included
-- order: region, then status in its order
-- columns:
--   region          VARCHAR  Region; '(none)' where the device reports none.
--   update_status   VARCHAR  Success, Partial, Recovered or Quarantined.
--   devices         INTEGER  Devices of the region in the status.
--   region_devices  INTEGER  Devices of the region.
--   rate            DOUBLE   devices / region_devices, 0 to 1.
--   rate_low        DOUBLE   Lower 95 % Wilson bound of rate, 0 to 1.
--   rate_high       DOUBLE   Upper 95 % Wilson bound of rate, 0 to 1.
CREATE TABLE region_status AS
WITH counted AS (
  SELECT region, update_status, sum(devices)::INTEGER AS devices FROM int_cohort GROUP BY region, update_status
)
SELECT
  r.region,
  s.update_status,
  coalesce(c.devices, 0) AS devices,
  r.devices::INTEGER AS region_devices,
  rate_of(coalesce(c.devices, 0), r.devices) AS rate,
  wilson_low(coalesce(c.devices, 0), r.devices) AS rate_low,
  wilson_high(coalesce(c.devices, 0), r.devices) AS rate_high
FROM int_region r
CROSS JOIN ref_status s
LEFT JOIN counted c ON c.region = r.region AND c.update_status = s.update_status
ORDER BY r.region, s.ordinal;
