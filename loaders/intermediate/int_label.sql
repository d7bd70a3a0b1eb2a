-- model: int_label
-- question: Under which name does each error code, model, version and region stand in marts that cross two of them?
-- grain: one row a scope and name
-- columns:
--   scope  VARCHAR  error, model, firmware or region.
--   name   VARCHAR  The code, model, version or region.
--   label  VARCHAR  The name; '(other)' beyond the 15 of its scope with the most devices, for codes the most failures.
CREATE TABLE int_label AS
WITH scoped AS (
  SELECT 'model' AS scope, model AS name, devices FROM int_cohort
  UNION ALL SELECT 'firmware', firmware_from, devices FROM int_cohort
  UNION ALL SELECT 'region', region, devices FROM int_cohort
  UNION ALL SELECT 'error', error_code, devices FROM int_cohort WHERE failed
)
SELECT
  scope,
  name,
  CASE WHEN row_number() OVER (PARTITION BY scope ORDER BY sum(devices) DESC, name) <= 15 THEN name ELSE '(other)' END AS label
FROM scoped
GROUP BY scope, name
ORDER BY scope, name;
