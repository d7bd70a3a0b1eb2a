-- model: worker_throughput
-- question: How fast was each worker?
-- grain: one row a stage and worker, all passes together
-- order: stage in its order, worker
-- columns:
--   stage            VARCHAR  generate, corrupt or recover.
--   worker           INTEGER  Worker, from 0.
--   batches          INTEGER  Batches that it committed.
--   rows             INTEGER  Rows that it wrote.
--   busy_ms          DOUBLE   Sum of the durations of its batches, milliseconds.
--   rows_per_second  DOUBLE   rows a second of busy_ms; NULL where busy_ms is 0.
CREATE TABLE worker_throughput AS
WITH worked AS (
  SELECT
    stage,
    worker,
    count(*) AS batches,
    sum(rows) AS rows,
    sum(epoch_us(finished_at) - epoch_us(started_at)) AS busy_us
  FROM stg_batch
  GROUP BY stage, worker
)
SELECT
  stage,
  worker,
  batches::INTEGER AS batches,
  rows::INTEGER AS rows,
  busy_us / 1000.0::DOUBLE AS busy_ms,
  CASE WHEN busy_us > 0 THEN rows * 1000000.0::DOUBLE / busy_us END AS rows_per_second
FROM worked
ORDER BY list_position(['generate', 'corrupt', 'recover'], stage), worker;
