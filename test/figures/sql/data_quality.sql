-- name: headline
SELECT pg_temp.whole(count(*)) FROM injected

-- name: detail
SELECT pg_temp.whole(b.n), pg_temp.whole(3 * d.n), pg_temp.percent(b.n::numeric / (3 * d.n)), pg_temp.whole(i.found), pg_temp.whole(i.n),
  pg_temp.whole(b.n - i.found), pg_temp.whole(s.n), pg_temp.percent(pg_temp.wilson(s.suspected, s.n, 1), 3)
FROM (SELECT count(*) AS n FROM broken) b, (SELECT count(*) AS n FROM fleet) d, (SELECT count(*) AS n, count(rule) AS found FROM injected) i,
  (SELECT count(*) AS n, count(*) FILTER (WHERE device_id IN (SELECT device_id FROM broken)) AS suspected
   FROM fleet WHERE device_id NOT IN (SELECT device_id FROM injected)) s

-- name: kinds
WITH s AS (
  SELECT pg_temp.words(kind) AS name, * FROM injected
  UNION ALL SELECT 'all syntactic', * FROM injected
  UNION ALL SELECT 'all', * FROM injected
)
SELECT name, pg_temp.whole(count(*)), pg_temp.whole(count(rule)), pg_temp.whole(count(*) FILTER (WHERE rule LIKE '%' || expected)),
  pg_temp.whole(count(*) - count(rule)), pg_temp.percent(count(rule)::numeric / count(*)), pg_temp.interval(count(rule), count(*))
FROM s
GROUP BY name

-- name: faults
SELECT pg_temp.field(field), pg_temp.words(kind), pg_temp.whole(count(*)), pg_temp.whole(count(rule)),
  pg_temp.whole(count(*) FILTER (WHERE rule LIKE '%' || expected)), pg_temp.whole(count(*) - count(rule)), pg_temp.percent(count(rule)::numeric / count(*))
FROM injected
GROUP BY field, kind

-- name: values
SELECT pg_temp.field(f.field), d.region, pg_temp.whole(count(*)), pg_temp.whole(count(b.rule)), pg_temp.percent(count(b.rule)::numeric / count(*), 2),
  pg_temp.interval(count(b.rule), count(*), 2), pg_temp.whole(count(b.rule) FILTER (WHERE NOT d.failed)), pg_temp.whole(count(b.rule) FILTER (WHERE d.failed)),
  to_char(avg(CASE WHEN b.rule IS NULL THEN f.raw::numeric END), 'FM999999990.00')
FROM fleet d
CROSS JOIN LATERAL (
  VALUES ('battery_voltage', d.battery_voltage), ('signal_strength', d.signal_strength), ('storage_free_mb', d.storage_free_mb)
) AS f (field, raw)
LEFT JOIN broken b ON b.device_id = d.device_id AND b.field = f.field
GROUP BY f.field, d.region
