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
CREATE TABLE region_failure AS
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
  quarantined::INTEGER AS quarantined
FROM holm('int_region')
ORDER BY region;
