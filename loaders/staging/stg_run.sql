-- model: stg_run
-- question: Which stages ran over the campaign?
-- grain: one row a run, reports left out
-- columns:
--   run_id       VARCHAR    The run.
--   stage        VARCHAR    generate, corrupt, recover, validate or triage.
--   options      VARCHAR    What it was asked to do, as JSON: options that may be published, paths without folders.
--   version      VARCHAR    Version of Sentinel OTA.
--   started_at   TIMESTAMP  Start, UTC.
--   finished_at  TIMESTAMP  End, UTC; NULL while it runs, or where it was killed.
--   result       VARCHAR    running, succeeded, failed or interrupted.
CREATE TABLE stg_run AS
SELECT
  run_id,
  stage,
  options,
  version,
  started_at::TIMESTAMP AS started_at,
  finished_at::TIMESTAMP AS finished_at,
  result
FROM pulled('run', {
  'run_id': 'VARCHAR', 'stage': 'VARCHAR', 'options': 'VARCHAR', 'version': 'VARCHAR', 'started_at': 'VARCHAR',
  'finished_at': 'VARCHAR', 'result': 'VARCHAR'
});
