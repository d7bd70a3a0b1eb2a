-- model: region_group_failure
-- question: Does a model, or a version before the rollout, fail more often in one region than the same in all others, beyond noise?
-- grain: one row a region, scope and name of its devices
-- order: region, then scope (model, firmware), then name
-- columns:
--   region             VARCHAR  Region; '(none)' where the device reports none, '(other)' for all but the 15 with the most devices.
--   scope              VARCHAR  model or firmware.
--   name               VARCHAR  The model or version; '(none)' where the device reports none, '(other)' for all but the 15 with the most devices.
--   devices            INTEGER  Devices of the name in the region.
--   failures           INTEGER  Those of them that failed at first, whatever followed.
--   rate               DOUBLE   failures / devices, 0 to 1.
--   rate_low           DOUBLE   Lower 95 % Wilson bound of rate, 0 to 1.
--   rate_high          DOUBLE   Upper 95 % Wilson bound of rate, 0 to 1.
--   elsewhere_devices  INTEGER  Devices of the name in all other regions.
--   elsewhere_rate     DOUBLE   The same rate over them, 0 to 1; NULL where there are none.
--   difference         DOUBLE   rate - elsewhere_rate, -1 to 1; NULL where elsewhere_rate is.
--   p_value            DOUBLE   Two-sided p of the two-proportion z-test against the same in all other regions; NULL where there are none.
--   p_holm             DOUBLE   p_value held against all rows of the scope by Holm's method; NULL where p_value is.
--   verdict            VARCHAR  worse or better where p_holm is below 0.05 and the test holds, else no detectable difference.
CREATE TABLE region_group_failure AS
WITH scoped AS (
  SELECT region, 'model' AS scope, model AS name, failed, devices FROM int_cohort
  UNION ALL SELECT region, 'firmware', firmware_from, failed, devices FROM int_cohort
), counted AS (
  SELECT
    r.label AS region, s.scope, l.label AS name,
    sum(s.devices)::BIGINT AS devices,
    coalesce(sum(s.devices) FILTER (s.failed), 0)::BIGINT AS failures
  FROM scoped s
  JOIN int_label r ON r.scope = 'region' AND r.name = s.region
  JOIN int_label l ON l.scope = s.scope AND l.name = s.name
  GROUP BY r.label, s.scope, l.label
), rest AS (
  SELECT
    *,
    sum(devices) OVER whole - devices AS elsewhere_devices,
    sum(failures) OVER whole - failures AS elsewhere_failures
  FROM counted
  WINDOW whole AS (PARTITION BY scope, name)
), tested AS (
  SELECT
    *,
    rate_of(failures, devices) AS rate,
    rate_of(elsewhere_failures, elsewhere_devices) AS elsewhere_rate,
    two_proportion_p(failures, devices, elsewhere_failures, elsewhere_devices) AS p_value
  FROM rest
), held AS (
  FROM holm('tested', family := scope)
)
SELECT
  region,
  scope,
  name,
  devices::INTEGER AS devices,
  failures::INTEGER AS failures,
  rate,
  wilson_low(failures, devices) AS rate_low,
  wilson_high(failures, devices) AS rate_high,
  elsewhere_devices::INTEGER AS elsewhere_devices,
  elsewhere_rate,
  rate - elsewhere_rate AS difference,
  p_value,
  p_holm,
  verdict_of(
    p_holm, rate - elsewhere_rate, devices, rate_of(failures + elsewhere_failures, devices + elsewhere_devices)
  ) AS verdict
FROM held
ORDER BY region, list_position(['model', 'firmware'], scope), name;
