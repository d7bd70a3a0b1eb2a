-- name: headline
SELECT pg_temp.whole(count(*)), pg_temp.whole(count(*) FILTER (WHERE action = 'RETRY_UPDATE')), pg_temp.whole(count(*) FILTER (WHERE action = 'FORCE_ROLLBACK')),
  pg_temp.whole(count(*) FILTER (WHERE action = 'MANUAL_TRIAGE'))
FROM fleet WHERE failed

-- name: decided
SELECT CASE action WHEN 'RETRY_UPDATE' THEN 'Retried at once' WHEN 'FORCE_ROLLBACK' THEN 'Rolled back' ELSE 'Held for a person' END,
  pg_temp.whole(count(*)), pg_temp.whole(count(*))
FROM fleet WHERE failed
GROUP BY action

-- name: regions
SELECT region, CASE action WHEN 'RETRY_UPDATE' THEN 'Retried at once' WHEN 'FORCE_ROLLBACK' THEN 'Rolled back' ELSE 'Held for a person' END, pg_temp.whole(count(*))
FROM fleet WHERE failed
GROUP BY region, action
