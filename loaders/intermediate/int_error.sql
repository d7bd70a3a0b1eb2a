-- model: int_error
-- question: How many failed devices reported which error code at which stage, and what does it mean there?
-- grain: one row an error code and last stage of devices that failed
-- columns:
--   error_code     VARCHAR  Error code; '(none)' where a failed device reports none.
--   stage          VARCHAR  Last stage that the devices reached; NULL where it is not known.
--   stage_ordinal  INTEGER  Place of the stage, from 1; NULL where it is not known.
--   failures       BIGINT   Failed devices that reported the code at the stage.
--   meaning        VARCHAR  What the code means at the stage; what it means elsewhere, where it is not known of this stage; NULL where the reference lacks it.
--   source         VARCHAR  Where the code comes from; NULL where meaning is.
--   look_at        VARCHAR  Where to look for the cause first: device, link, package or server; NULL where meaning is.
CREATE TABLE int_error AS
WITH counted AS (
  SELECT error_code, reached, sum(devices)::BIGINT AS failures FROM int_cohort WHERE failed GROUP BY error_code, reached
), known AS (
  SELECT
    error_code, arg_min(meaning, ordinal) AS meaning, arg_min(source, ordinal) AS source, arg_min(look_at, ordinal) AS look_at
  FROM ref_error
  GROUP BY error_code
)
SELECT
  c.error_code,
  s.stage,
  c.reached AS stage_ordinal,
  c.failures,
  coalesce(e.meaning, k.meaning) AS meaning,
  coalesce(e.source, k.source) AS source,
  coalesce(e.look_at, k.look_at) AS look_at
FROM counted c
LEFT JOIN ref_stage s ON s.ordinal = c.reached
LEFT JOIN ref_error e ON e.error_code = c.error_code AND e.stage = s.stage
LEFT JOIN known k ON k.error_code = c.error_code
ORDER BY c.error_code, c.reached;
