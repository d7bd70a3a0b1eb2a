-- model: batch_timeline
-- question: How did the work go over time, batch by batch?
-- grain: one row a batch; in a stage of more than 300, one a worker and run of its batches, so that there are about 300 rows
-- order: stage in its order, pass, finished_ms, batch_no
-- columns:
--   stage            VARCHAR  generate, corrupt or recover.
--   pass             INTEGER  Pass of the stage over the campaign, from 1.
--   batch_no         INTEGER  Number of the batch in the pass, from 0; the lowest, where the row is several.
--   worker           INTEGER  Worker that committed it, from 0.
--   rows             INTEGER  Rows that the batch wrote.
--   started_ms       DOUBLE   Start, milliseconds since the first batch of the stage and pass started.
--   finished_ms      DOUBLE   End, milliseconds since the first batch of the stage and pass started.
--   duration_ms      DOUBLE   finished_ms - started_ms, milliseconds.
--   cumulative_rows  INTEGER  Rows of the stage and pass that had been written when the batch finished.
--   batches          INTEGER  Batches that the row is.
CREATE TABLE batch_timeline AS
WITH timed AS (
  SELECT
    *,
    min(started_at) OVER (PARTITION BY stage, pass) AS pass_started_at,
    sum(rows) OVER (PARTITION BY stage, pass ORDER BY finished_at, batch_no ROWS UNBOUNDED PRECEDING) AS cumulative_rows,
    row_number() OVER (PARTITION BY stage, pass, worker ORDER BY finished_at, batch_no) - 1 AS place,
    ceil(count(*) OVER (PARTITION BY stage) / 300)::BIGINT AS run_length
  FROM stg_batch
)
SELECT
  stage,
  pass,
  min(batch_no) AS batch_no,
  worker,
  sum(rows)::INTEGER AS rows,
  ms_between(min(pass_started_at), min(started_at)) AS started_ms,
  ms_between(min(pass_started_at), max(finished_at)) AS finished_ms,
  ms_between(min(started_at), max(finished_at)) AS duration_ms,
  max(cumulative_rows)::INTEGER AS cumulative_rows,
  count(*)::INTEGER AS batches
FROM timed
GROUP BY stage, pass, worker, place // run_length
ORDER BY list_position(['generate', 'corrupt', 'recover'], stage), pass, finished_ms, min(batch_no);
