-- model: runs
-- question: What was run over the campaign, with which settings?
-- grain: one row a run, reports left out
-- order: started_at, stage
-- columns:
--   started_at   VARCHAR  Start, ISO 8601, UTC.
--   stage        VARCHAR  generate, corrupt, recover, validate or triage.
--   result       VARCHAR  running, succeeded, failed or interrupted.
--   duration_ms  DOUBLE   Milliseconds from start to end; NULL while it runs, or where it was killed.
--   version      VARCHAR  Version of Sentinel OTA.
--   options      VARCHAR  What it was asked to do, as JSON: options that may be published, paths without folders.
CREATE TABLE runs AS
SELECT iso(started_at) AS started_at, stage, result, ms_between(started_at, finished_at) AS duration_ms, version, options
FROM stg_run
ORDER BY stg_run.started_at, stage, run_id;
