-- model: group_failure
-- question: Which models, and which versions before the rollout, fail more often than the rest of the fleet, beyond noise?
-- grain: one row a model, and one a version before the rollout
-- order: scope (model, firmware), then the highest rate first, then name
-- columns:
--   scope       VARCHAR  model or firmware.
--   name        VARCHAR  The model or version; '(none)' where the device reports none, '(other)' for all but the 15 with the most devices.
--   devices     INTEGER  Devices of the name.
--   failures    INTEGER  Devices that failed at first, whatever followed.
--   rate        DOUBLE   failures / devices, 0 to 1.
--   rate_low    DOUBLE   Lower 95 % Wilson bound of rate, 0 to 1.
--   rate_high   DOUBLE   Upper 95 % Wilson bound of rate, 0 to 1.
--   rest_rate   DOUBLE   The same rate over all other devices, 0 to 1; NULL where there are none.
--   difference  DOUBLE   rate - rest_rate, -1 to 1; NULL where rest_rate is.
--   p_value     DOUBLE   Two-sided p of the two-proportion z-test against all other devices; NULL where there are none.
--   p_holm      DOUBLE   p_value held against all rows of the scope by Holm's method; NULL where p_value is.
--   verdict     VARCHAR  worse or better where p_holm is below 0.05 and the test holds, else no detectable difference.
CREATE TABLE group_failure AS
WITH counted AS (
  SELECT scope, name, sum(devices)::BIGINT AS devices, coalesce(sum(devices) FILTER (error_code IS NOT NULL), 0)::BIGINT AS failures
  FROM int_group
  WHERE scope IN ('model', 'firmware')
  GROUP BY scope, name
), rest AS (
  SELECT
    *,
    sum(devices) OVER whole - devices AS rest_devices,
    sum(failures) OVER whole - failures AS rest_failures
  FROM counted
  WINDOW whole AS (PARTITION BY scope)
), tested AS (
  SELECT
    *,
    rate_of(failures, devices) AS rate,
    rate_of(rest_failures, rest_devices) AS rest_rate,
    two_proportion_p(failures, devices, rest_failures, rest_devices) AS p_value
  FROM rest
), held AS (
  FROM holm('tested', family := scope)
)
SELECT
  scope,
  name,
  devices::INTEGER AS devices,
  failures::INTEGER AS failures,
  rate,
  wilson_low(failures, devices) AS rate_low,
  wilson_high(failures, devices) AS rate_high,
  rest_rate,
  rate - rest_rate AS difference,
  p_value,
  p_holm,
  verdict_of(p_holm, rate - rest_rate, devices, rate_of(failures + rest_failures, devices + rest_devices)) AS verdict
FROM held
ORDER BY list_position(['model', 'firmware'], scope), rate DESC, name;
