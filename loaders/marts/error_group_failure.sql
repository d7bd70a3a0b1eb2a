-- model: error_group_failure
-- question: Which model, version before the rollout or region fails by which error more often than the rest of the fleet, beyond noise?
-- grain: one row a scope, name and error code, zero rows included
-- order: scope (model, firmware, region), then name, then the most frequent code of the fleet first, then error_code
-- columns:
--   scope       VARCHAR  model, firmware or region.
--   name        VARCHAR  The model, version or region; '(none)' where the device reports none, '(other)' for all but the 15 with the most devices.
--   error_code  VARCHAR  Error code; '(none)' where a failed device reports none, '(other)' for all but the 15 most frequent.
--   devices     INTEGER  Devices of the name.
--   failures    INTEGER  Devices of the name that failed with the code.
--   rate        DOUBLE   failures / devices, 0 to 1.
--   rate_low    DOUBLE   Lower 95 % Wilson bound of rate, 0 to 1.
--   rate_high   DOUBLE   Upper 95 % Wilson bound of rate, 0 to 1.
--   rest_rate   DOUBLE   The same rate over all other devices, 0 to 1; NULL where there are none.
--   difference  DOUBLE   rate - rest_rate, -1 to 1; NULL where rest_rate is.
--   p_value     DOUBLE   Two-sided p of the two-proportion z-test against all other devices; NULL where there are none.
--   p_holm      DOUBLE   p_value held against all rows of the scope by Holm's method; NULL where p_value is.
--   verdict     VARCHAR  worse or better where p_holm is below 0.05 and the test holds, else no detectable difference.
--   enough      BOOLEAN  Whether devices is 30 or more.
CREATE TABLE error_group_failure AS
WITH code AS (
  SELECT error_code, sum(devices) AS failures FROM int_group WHERE scope = 'model' AND error_code IS NOT NULL GROUP BY error_code
), named_group AS (
  SELECT scope, name, sum(devices)::BIGINT AS devices FROM int_group GROUP BY scope, name
), cell AS (
  SELECT n.scope, n.name, c.error_code, c.failures AS code_failures, n.devices, coalesce(g.devices, 0) AS failures
  FROM named_group n
  CROSS JOIN code c
  LEFT JOIN int_group g ON g.scope = n.scope AND g.name = n.name AND g.error_code = c.error_code
), rest AS (
  SELECT
    *,
    sum(devices) OVER whole - devices AS rest_devices,
    sum(failures) OVER whole - failures AS rest_failures
  FROM cell
  WINDOW whole AS (PARTITION BY scope, error_code)
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
  error_code,
  devices::INTEGER AS devices,
  failures::INTEGER AS failures,
  rate,
  wilson_low(failures, devices) AS rate_low,
  wilson_high(failures, devices) AS rate_high,
  rest_rate,
  rate - rest_rate AS difference,
  p_value,
  p_holm,
  verdict_of(p_holm, rate - rest_rate, devices, rate_of(failures + rest_failures, devices + rest_devices)) AS verdict,
  devices >= 30 AS enough
FROM held
ORDER BY list_position(['model', 'firmware', 'region'], scope), name, code_failures DESC, error_code;
