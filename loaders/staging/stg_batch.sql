-- model: stg_batch
-- question: Which batches committed, when and by whom?
-- grain: one row a batch
-- columns:
--   stage        VARCHAR    generate, corrupt or recover.
--   pass         INTEGER    Pass of the stage over the campaign, from 1.
--   batch_no     INTEGER    Number of the batch in the pass, from 0.
--   worker       INTEGER    Worker that committed it, from 0.
--   rows         BIGINT     Rows that the batch wrote.
--   started_at   TIMESTAMP  When its transaction began, UTC.
--   finished_at  TIMESTAMP  When its last statement ran, UTC.
CREATE TABLE stg_batch AS
SELECT
  stage,
  pass::INTEGER AS pass,
  batch_no::INTEGER AS batch_no,
  worker::INTEGER AS worker,
  rows::BIGINT AS rows,
  started_at::TIMESTAMP AS started_at,
  finished_at::TIMESTAMP AS finished_at
FROM pulled('batch', {
  'stage': 'VARCHAR', 'pass': 'VARCHAR', 'batch_no': 'VARCHAR', 'worker': 'VARCHAR', 'rows': 'VARCHAR',
  'started_at': 'VARCHAR', 'finished_at': 'VARCHAR'
});
