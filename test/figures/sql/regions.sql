-- name: headline
WITH r AS (SELECT region, count(*) AS n, count(*) FILTER (WHERE failed) AS k FROM fleet GROUP BY region),
gap AS (SELECT k::numeric / n - (sum(k) OVER () - k) / (sum(n) OVER () - n) AS gap FROM r)
SELECT replace(pg_temp.points(max(gap)), '+', '') FROM gap

-- name: regions
SELECT region, pg_temp.whole(count(*)), pg_temp.whole(count(*) FILTER (WHERE failed)), pg_temp.percent(avg(failed::int)),
  pg_temp.interval(count(*) FILTER (WHERE failed), count(*)), pg_temp.points(avg(failed::int) - (SELECT avg(failed::int) FROM fleet)),
  pg_temp.whole(count(*) FILTER (WHERE update_status = 'Recovered')), pg_temp.whole(count(*) FILTER (WHERE update_status = 'Quarantined'))
FROM fleet
GROUP BY region
