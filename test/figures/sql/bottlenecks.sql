-- name: detail
WITH s AS (SELECT stage, sum(failed) AS failed FROM place GROUP BY stage ORDER BY 2 DESC LIMIT 1)
SELECT pg_temp.percent(s.failed / (SELECT sum(failed) FROM place)), pg_temp.percent(p.failed::numeric / p.came), pg_temp.whole(p.came)
FROM s JOIN place p ON p.stage = s.stage
ORDER BY p.failed::numeric / p.came DESC
LIMIT 1

-- name: ranking
-- Five regions stand at each stage: 2.5758293 is the z by which all five intervals hold together with 95 %.
WITH r AS (
  SELECT *, pg_temp.wilson(failed, came, -1, 2.5758293035489) AS low, pg_temp.wilson(failed, came, 1, 2.5758293035489) AS high,
    rank() OVER s AS rank, dense_rank() OVER s AS dense, row_number() OVER (PARTITION BY stage ORDER BY failed::numeric / came DESC, region COLLATE "C") AS row
  FROM place
  WINDOW s AS (PARTITION BY stage ORDER BY failed::numeric / came DESC)
), m AS (
  SELECT r.*, (SELECT 1 + count(*) FROM r o WHERE o.stage = r.stage AND o.low > r.high) AS best,
    (SELECT count(*) FROM r o WHERE o.stage = r.stage AND o.high >= r.low) AS worst
  FROM r
)
SELECT pg_temp.stage(stage), region, pg_temp.whole(came), pg_temp.whole(failed), pg_temp.percent(failed::numeric / came, 2),
  pg_temp.interval(failed, came, 2), rank, dense, row, concat_ws('–', best, nullif(worst, best)),
  CASE WHEN count(*) OVER (PARTITION BY stage, rank) > 1 THEN 'tied' ELSE '' END
FROM m

-- name: models
SELECT model, firmware_from, pg_temp.whole(count(*)), pg_temp.whole(count(*) FILTER (WHERE failed)), pg_temp.percent(avg(failed::int)),
  pg_temp.interval(count(*) FILTER (WHERE failed), count(*)), rank() OVER (ORDER BY avg(failed::int) DESC)
FROM fleet
GROUP BY model, firmware_from

-- name: slope
SELECT pg_temp.words(scope), name, pg_temp.whole(ka), pg_temp.whole(na), pg_temp.percent(ka::numeric / na, 2),
  pg_temp.whole(kb), pg_temp.whole(nb), pg_temp.percent(kb::numeric / nb, 2), pg_temp.points(ka::numeric / na - kb::numeric / nb, 2),
  pg_temp.points(pg_temp.newcombe(ka, na, kb, nb, -1), 2) || ' to ' || pg_temp.points(pg_temp.newcombe(ka, na, kb, nb, 1), 2)
FROM pair
WHERE scope IN ('stage', 'region') AND ka + kb > 0
