-- model: fleet_status
-- question: How many devices are in each status?
-- grain: one row an update status, all four always
-- order: ordinal
-- columns:
--   update_status  VARCHAR  Success, Partial, Recovered or Quarantined.
--   ordinal        INTEGER  Place of the status, from 1.
--   devices        INTEGER  Devices in the status.
--   share          DOUBLE   Share of the fleet, 0 to 1; NULL for an empty fleet.
--   share_low      DOUBLE   Lower 95 % Wilson bound of share, 0 to 1; NULL for an empty fleet.
--   share_high     DOUBLE   Upper 95 % Wilson bound of share, 0 to 1; NULL for an empty fleet.
CREATE TABLE fleet_status AS
WITH counted AS (
  SELECT s.update_status, s.ordinal, coalesce(sum(d.devices), 0)::INTEGER AS devices
  FROM ref_status s
  LEFT JOIN int_cohort d ON d.update_status = s.update_status
  GROUP BY s.update_status, s.ordinal
), fleet AS (
  SELECT sum(devices)::INTEGER AS devices FROM counted
)
SELECT
  c.update_status,
  c.ordinal,
  c.devices,
  rate_of(c.devices, f.devices) AS share,
  wilson_low(c.devices, f.devices) AS share_low,
  wilson_high(c.devices, f.devices) AS share_high
FROM counted c
CROSS JOIN fleet f
ORDER BY c.ordinal;
