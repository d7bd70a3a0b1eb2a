-- model: int_group
-- question: How many devices of each model, version before the rollout and region failed, and with which error code?
-- grain: one row a scope, name and error code of its devices
-- columns:
--   scope       VARCHAR  model, firmware or region.
--   name        VARCHAR  The model, version or region, as int_label has it.
--   error_code  VARCHAR  Error code of devices that failed, as int_label has it; NULL for devices that did not fail.
--   devices     BIGINT   Devices of the name with the code.
CREATE TABLE int_group AS
WITH coded AS (
  SELECT c.model, c.firmware_from, c.region, e.label AS error_code, sum(c.devices)::BIGINT AS devices
  FROM int_cohort c
  LEFT JOIN int_label e ON e.scope = 'error' AND c.failed AND e.name = c.error_code
  GROUP BY c.model, c.firmware_from, c.region, e.label
), scoped AS (
  SELECT 'model' AS scope, model AS name, error_code, devices FROM coded
  UNION ALL SELECT 'firmware', firmware_from, error_code, devices FROM coded
  UNION ALL SELECT 'region', region, error_code, devices FROM coded
)
SELECT s.scope, l.label AS name, s.error_code, sum(s.devices)::BIGINT AS devices
FROM scoped s
JOIN int_label l ON l.scope = s.scope AND l.name = s.name
GROUP BY s.scope, l.label, s.error_code
ORDER BY s.scope, l.label, s.error_code;
