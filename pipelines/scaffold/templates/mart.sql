-- model: :name
-- question: How do the device models fare?
-- grain: one row a device model
-- order: the most failures first, then model
-- columns:
--   model      VARCHAR  Device model; '(none)' where the device reports none.
--   devices    INTEGER  Devices of the model.
--   failures   INTEGER  Of these, devices that failed at first, whatever followed.
--   rate       DOUBLE   failures / devices, 0 to 1.
--   rate_low   DOUBLE   Lower 95 % Wilson bound of rate, 0 to 1.
--   rate_high  DOUBLE   Upper 95 % Wilson bound of rate, 0 to 1.
CREATE TABLE :name AS
WITH counted AS (
  -- Devices that are alike, counted. Where telemetry plays a part, read int_device: one row a device, trusted numbers alone.
  SELECT
    model,
    sum(devices)::INTEGER AS devices,
    coalesce(sum(devices) FILTER (failed), 0)::INTEGER AS failures
  FROM int_cohort
  GROUP BY model
)
SELECT
  model,
  devices,
  failures,
  rate_of(failures, devices) AS rate,
  wilson_low(failures, devices) AS rate_low,
  wilson_high(failures, devices) AS rate_high
FROM counted
ORDER BY failures DESC, model;
