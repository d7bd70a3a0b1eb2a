-- model: region_failure
-- question: Where do updates fail more often than in the rest of the fleet, beyond noise?
-- grain: one row a region
-- order: region
-- columns:
--   region       VARCHAR  Region; '(none)' where the device reports none.
--   devices      INTEGER  Devices of the region.
--   failures     INTEGER  Devices that failed at first, whatever followed.
--   rate         DOUBLE   failures / devices, 0 to 1.
--   rate_low     DOUBLE   Lower 95 % Wilson bound of rate, 0 to 1.
--   rate_high    DOUBLE   Upper 95 % Wilson bound of rate, 0 to 1.
--   fleet_rate   DOUBLE   Failure rate of the whole fleet, this region included, 0 to 1.
--   difference   DOUBLE   rate - fleet_rate, -1 to 1; the test below is against the other regions, not the whole fleet.
--   p_value      DOUBLE   Two-sided p of the two-proportion z-test against all other regions; NULL where there are none.
--   p_holm       DOUBLE   p_value held against all regions by Holm's method; NULL where p_value is.
--   verdict      VARCHAR  worse or better where p_holm is below 0.05, else no detectable difference.
--   recovered    INTEGER  Devices that recovery decided.
--   quarantined  INTEGER  Devices that are held back for a person.
--   rest_devices  INTEGER  Devices of all other regions.
--   rest_rate    DOUBLE   The same rate over them, 0 to 1; NULL where there are none.
--   rest_low     DOUBLE   Lower 95 % Wilson bound of rest_rate; NULL where it is.
--   rest_high    DOUBLE   Upper 95 % Wilson bound of rest_rate; NULL where it is.
--   gap          DOUBLE   rate - rest_rate, -1 to 1: what the test is about; NULL where rest_rate is.
--   gap_low      DOUBLE   Lower bound of gap's 95 % interval by Newcombe's hybrid score method; NULL where gap is.
--   gap_high     DOUBLE   Upper bound of gap's interval; NULL where gap is.
CREATE TABLE region_failure AS
WITH tested AS (
  SELECT *, sum(devices) OVER () - devices AS rest_devices, sum(failures) OVER () - failures AS rest_failures
  FROM holm('int_region')
)
SELECT
  region,
  devices::INTEGER AS devices,
  failures::INTEGER AS failures,
  rate_of(failures, devices) AS rate,
  wilson_low(failures, devices) AS rate_low,
  wilson_high(failures, devices) AS rate_high,
  fleet_rate,
  rate_of(failures, devices) - fleet_rate AS difference,
  p_value,
  p_holm,
  CASE
    WHEN p_holm < 0.05 AND rate_of(failures, devices) > fleet_rate THEN 'worse'
    WHEN p_holm < 0.05 AND rate_of(failures, devices) < fleet_rate THEN 'better'
    ELSE 'no detectable difference'
  END AS verdict,
  recovered::INTEGER AS recovered,
  quarantined::INTEGER AS quarantined,
  rest_devices::INTEGER AS rest_devices,
  rate_of(rest_failures, rest_devices) AS rest_rate,
  wilson_low(rest_failures, rest_devices) AS rest_low,
  wilson_high(rest_failures, rest_devices) AS rest_high,
  rate_of(failures, devices) - rate_of(rest_failures, rest_devices) AS gap,
  difference_low(failures, devices, rest_failures, rest_devices) AS gap_low,
  difference_high(failures, devices, rest_failures, rest_devices) AS gap_high
FROM tested
ORDER BY region;
