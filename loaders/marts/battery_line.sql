-- model: battery_line
-- question: Do devices at or below a battery voltage fail more often than those above it?
-- grain: one row an end of a step of battery_step: a line between what is at or below it and what is above
-- order: battery_to
-- columns:
--   battery_to      DOUBLE   The line, volts, as in battery_step.
--   devices         INTEGER  Devices with a trusted battery voltage at or below the line.
--   failures        INTEGER  Those of them that failed at first, whatever followed.
--   above_devices   INTEGER  Devices with a trusted battery voltage above the line.
--   above_failures  INTEGER  Those of them that failed at first.
--   gap             DOUBLE   Rate at or below the line less that above it, -1 to 1; NULL where nothing is above.
--   gap_low         DOUBLE   Lower bound of gap's 95 % interval by Newcombe's hybrid score method; NULL where gap is.
--   gap_high        DOUBLE   Upper bound of gap's interval; NULL where gap is.
CREATE TABLE battery_line AS
WITH step AS (
  SELECT battery_to, sum(devices)::BIGINT AS devices, sum(failures)::BIGINT AS failures FROM battery_step GROUP BY battery_to
), line AS (
  SELECT
    battery_to,
    sum(devices) OVER below AS devices,
    sum(failures) OVER below AS failures,
    sum(devices) OVER () - sum(devices) OVER below AS above_devices,
    sum(failures) OVER () - sum(failures) OVER below AS above_failures
  FROM step
  WINDOW below AS (ORDER BY battery_to)
)
SELECT
  battery_to,
  devices::INTEGER AS devices,
  failures::INTEGER AS failures,
  above_devices::INTEGER AS above_devices,
  above_failures::INTEGER AS above_failures,
  rate_of(failures, devices) - rate_of(above_failures, above_devices) AS gap,
  difference_low(failures, devices, above_failures, above_devices) AS gap_low,
  difference_high(failures, devices, above_failures, above_devices) AS gap_high
FROM line
ORDER BY battery_to;
