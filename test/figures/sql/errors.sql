-- name: headline
SELECT pg_temp.percent(count(*)::numeric / sum(count(*)) OVER ()), pg_temp.whole(sum(count(*)) OVER ())
FROM fleet WHERE failed
GROUP BY error_code
ORDER BY count(*) DESC
LIMIT 1

-- name: pareto
SELECT rank() OVER (ORDER BY count(*) DESC), error_code, pg_temp.whole(count(*)), pg_temp.percent(count(*)::numeric / sum(count(*)) OVER ()),
  pg_temp.interval(count(*), sum(count(*)) OVER ()),
  pg_temp.percent(sum(count(*)) OVER (ORDER BY count(*) DESC, error_code) / sum(count(*)) OVER ())
FROM fleet WHERE failed
GROUP BY error_code

-- name: stages
SELECT pg_temp.stage(last_stage), error_code, pg_temp.whole(count(*)), pg_temp.percent(count(*)::numeric / sum(count(*)) OVER ())
FROM fleet WHERE failed
GROUP BY last_stage, error_code

-- name: models
WITH g AS (SELECT model, count(*) AS n, count(*) FILTER (WHERE failed) AS k FROM fleet GROUP BY model)
SELECT model, pg_temp.whole(n), pg_temp.whole(k), pg_temp.percent(k::numeric / n, 2), pg_temp.interval(k, n, 2),
  pg_temp.percent((sum(k) OVER () - k) / (sum(n) OVER () - n), 2)
FROM g

-- name: versions
WITH g AS (SELECT firmware_from, count(*) AS n, count(*) FILTER (WHERE failed) AS k FROM fleet GROUP BY firmware_from)
SELECT firmware_from, pg_temp.whole(n), pg_temp.whole(k), pg_temp.percent(k::numeric / n, 2), pg_temp.interval(k, n, 2),
  pg_temp.percent((sum(k) OVER () - k) / (sum(n) OVER () - n), 2)
FROM g

-- name: crossed
WITH g AS (
  SELECT m.model, e.code, count(*) AS n, count(*) FILTER (WHERE d.failed AND d.error_code = e.code) AS k
  FROM fleet d JOIN (SELECT DISTINCT model FROM fleet) m ON m.model = d.model, (SELECT DISTINCT error_code AS code FROM fleet WHERE failed) e
  GROUP BY m.model, e.code
)
SELECT model, code, pg_temp.whole(n), pg_temp.whole(k), pg_temp.percent(k::numeric / n, 2), pg_temp.interval(k, n, 2),
  pg_temp.percent((sum(k) OVER c - k) / (sum(n) OVER c - n), 2)
FROM g
WINDOW c AS (PARTITION BY code)
