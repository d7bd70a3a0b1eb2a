-- name: india
WITH n AS (
  SELECT count(*) FILTER (WHERE region = 'India' AND failed) AS k, count(*) FILTER (WHERE region = 'India') AS n,
    count(*) FILTER (WHERE region <> 'India' AND failed) AS l, count(*) FILTER (WHERE region <> 'India') AS m
  FROM fleet
)
SELECT pg_temp.percent(k::numeric / n), pg_temp.whole(n), pg_temp.points(k::numeric / n - l::numeric / m),
  pg_temp.points(pg_temp.newcombe(k, n, l, m, -1)), pg_temp.points(pg_temp.newcombe(k, n, l, m, 1))
FROM n

-- name: battery
SELECT '12.0', '12.5', pg_temp.whole(count(*) FILTER (WHERE action = 'FORCE_ROLLBACK' AND battery_voltage::numeric > 12)),
  pg_temp.whole(count(*) FILTER (WHERE action = 'FORCE_ROLLBACK'))
FROM fleet WHERE update_status = 'Recovered'

-- name: rule
SELECT count(*), (SELECT count(*) FROM broken) FROM broken GROUP BY rule ORDER BY 1 DESC LIMIT 1

-- name: reports
SELECT pg_temp.whole(count(*)) FROM ota_logs
