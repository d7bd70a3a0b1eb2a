-- model: error_stage
-- question: At which stage did which error stop updates, what does it mean there, and where should one look first?
-- grain: one row an error code and last stage of devices that failed
-- order: stage in its order, the unknown one last; then the most failures first, then error_code
-- columns:
--   error_code     VARCHAR  Error code; '(none)' where a failed device reports none.
--   stage          VARCHAR  Last stage that the devices reached; NULL where it is not known.
--   stage_ordinal  INTEGER  Place of the stage, from 1; NULL where it is not known.
--   failures       INTEGER  Failed devices that reported the code at the stage.
--   share          DOUBLE   Share of all failures, 0 to 1.
--   meaning        VARCHAR  What the code means at the stage; NULL where the reference lacks it.
--   source         VARCHAR  Where the code comes from, for example LwM2M object 5; NULL where meaning is.
--   look_at        VARCHAR  Where to look for the cause first: device, link, package or server; a hint of the reference, NULL where meaning is.
CREATE TABLE error_stage AS
SELECT
  error_code,
  stage,
  stage_ordinal,
  failures::INTEGER AS failures,
  rate_of(failures, sum(failures) OVER ()) AS share,
  meaning,
  source,
  look_at
FROM int_error
ORDER BY stage_ordinal NULLS LAST, failures DESC, error_code;
