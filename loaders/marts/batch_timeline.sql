-- model: batch_timeline
-- question: How did the work go over time, batch by batch?
-- grain: one row a batch
-- order: stage in its order, pass, finished_ms, batch_no
-- columns:
--   stage            VARCHAR  generate, corrupt or recover.
--   pass             INTEGER  Pass of the stage over the campaign, from 1.
--   batch_no         INTEGER  Number of the batch in the pass, from 0.
--   worker           INTEGER  Worker that committed it, from 0.
--   rows             INTEGER  Rows that the batch wrote.
--   started_ms       DOUBLE   Start, milliseconds since the first batch of the stage and pass started.
--   finished_ms      DOUBLE   End, milliseconds since the first batch of the stage and pass started.
--   duration_ms      DOUBLE   finished_ms - started_ms, milliseconds.
--   cumulative_rows  INTEGER  Rows of the stage and pass that had been written when the batch finished.
CREATE TABLE batch_timeline AS
SELECT
  stage,
  pass,
  batch_no,
  worker,
  rows::INTEGER AS rows,
  ms_between(min(started_at) OVER of_pass, started_at) AS started_ms,
  ms_between(min(started_at) OVER of_pass, finished_at) AS finished_ms,
  ms_between(started_at, finished_at) AS duration_ms,
  sum(rows) OVER (PARTITION BY stage, pass ORDER BY finished_at, batch_no ROWS UNBOUNDED PRECEDING)::INTEGER
    AS cumulative_rows
FROM stg_batch
WINDOW of_pass AS (PARTITION BY stage, pass)
ORDER BY list_position(['generate', 'corrupt', 'recover'], stage), pass, finished_ms, batch_no;
