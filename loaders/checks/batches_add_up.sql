-- model: batches_add_up
-- question: Do the batches of each stage run forward in time, and add up to the rows and batches of the stage's workers?
-- grain: one row a stage that does not
-- columns:
--   stage  VARCHAR  The stage.
SELECT t.stage
FROM batch_timeline t
LEFT JOIN (
  SELECT stage, sum(rows) AS rows, sum(batches) AS batches FROM worker_throughput GROUP BY stage
) w ON w.stage = t.stage
GROUP BY t.stage
HAVING sum(t.rows) IS DISTINCT FROM any_value(w.rows)
  OR sum(t.batches) IS DISTINCT FROM any_value(w.batches)
  OR NOT bool_and(t.duration_ms >= 0 AND t.started_ms >= 0)
ORDER BY t.stage;
