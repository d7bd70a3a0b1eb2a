-- model: region_makeup
-- question: Of which devices do the regions consist, and how did each kind do there?
-- grain: one row a region, model and firmware before the rollout
-- order: region, model, firmware_from
-- columns:
--   region         VARCHAR  Region; '(none)' where the device reports none.
--   model          VARCHAR  Device model; '(none)' where the device reports none.
--   firmware_from  VARCHAR  Version before the rollout; '(none)' where the device reports none.
--   devices        INTEGER  Devices of the region, model and version.
--   failures       INTEGER  Devices that failed at first, whatever followed.
CREATE TABLE region_makeup AS
SELECT
  region,
  model,
  firmware_from,
  sum(devices)::INTEGER AS devices,
  coalesce(sum(devices) FILTER (failed), 0)::INTEGER AS failures
FROM int_cohort
GROUP BY region, model, firmware_from
ORDER BY region, model, firmware_from;
