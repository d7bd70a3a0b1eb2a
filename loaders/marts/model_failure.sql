-- model: model_failure
-- question: Which models, coming from which firmware, fail most often?
-- grain: one row a model and firmware before the rollout
-- order: rank, model, firmware_from
-- columns:
--   model          VARCHAR  Device model; '(none)' where the device reports none.
--   firmware_from  VARCHAR  Version before the rollout; '(none)' where the device reports none.
--   devices        INTEGER  Devices of the model and version.
--   failures       INTEGER  Devices that failed at first, whatever followed.
--   rate           DOUBLE   failures / devices, 0 to 1.
--   rate_low       DOUBLE   Lower 95 % Wilson bound of rate, 0 to 1.
--   rate_high      DOUBLE   Upper 95 % Wilson bound of rate, 0 to 1.
--   rank           INTEGER  RANK by rate, 1 is the highest rate.
CREATE TABLE model_failure AS
WITH counted AS (
  SELECT model, firmware_from, sum(devices)::INTEGER AS devices, coalesce(sum(devices) FILTER (failed), 0)::INTEGER AS failures
  FROM int_cohort
  GROUP BY model, firmware_from
)
SELECT
  model,
  firmware_from,
  devices,
  failures,
  rate_of(failures, devices) AS rate,
  wilson_low(failures, devices) AS rate_low,
  wilson_high(failures, devices) AS rate_high,
  rank() OVER (ORDER BY rate_of(failures, devices) DESC)::INTEGER AS rank
FROM counted
ORDER BY rank, model, firmware_from;
