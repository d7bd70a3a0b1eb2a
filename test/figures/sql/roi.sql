-- Parameter 1 is the file of assumptions. What lowers the return is at its high end where the return is least.
-- name: cards
WITH given AS (
  SELECT a ->> 'id' AS id, (a ->> 'low')::numeric AS low, (a ->> 'mid')::numeric AS mid, (a ->> 'high')::numeric AS high,
    a ->> 'id' IN ('attempts', 'action_cost', 'image_mb', 'mb_cost', 'triage_minutes', 'labour_cost') AS is_cost
  FROM jsonb_array_elements($1::jsonb -> 'assumptions') a
), v AS (
  SELECT e.name, jsonb_object_agg(g.id, CASE e.name WHEN 'Middle' THEN g.mid WHEN 'Low' THEN CASE WHEN g.is_cost THEN g.high ELSE g.low END
    ELSE CASE WHEN g.is_cost THEN g.low ELSE g.high END END) AS x
  FROM given g, (VALUES ('Low'), ('Middle'), ('High')) AS e (name)
  GROUP BY e.name
), n AS (
  SELECT count(*) FILTER (WHERE action = 'RETRY_UPDATE') AS retried, count(*) FILTER (WHERE action = 'FORCE_ROLLBACK') AS rolled,
    count(*) FILTER (WHERE action = 'MANUAL_TRIAGE') AS held
  FROM fleet
), r AS (
  SELECT v.name,
    (n.retried * (x ->> 'retry_success')::numeric + n.rolled * (x ->> 'rollback_success')::numeric) * (
      (x ->> 'truck_share')::numeric * (x ->> 'truck_cost')::numeric + (x ->> 'ticket_share')::numeric * (x ->> 'ticket_cost')::numeric
      + (x ->> 'replace_share')::numeric * ((x ->> 'hardware_cost')::numeric + (x ->> 'shipping_cost')::numeric)
      + (x ->> 'downtime_hours')::numeric * (x ->> 'hour_cost')::numeric)
    - (n.retried * (x ->> 'attempts')::numeric + n.rolled) * (x ->> 'action_cost')::numeric
    - n.retried * (x ->> 'attempts')::numeric * (x ->> 'image_mb')::numeric * (x ->> 'mb_cost')::numeric
    - n.held * (x ->> 'triage_minutes')::numeric / 60 * (x ->> 'labour_cost')::numeric AS amount
  FROM v, n
)
-- Three digits that count.
SELECT name, 'USD ' || pg_temp.whole(round(amount, 2 - floor(log(amount))::int)) FROM r

-- name: detail
SELECT pg_temp.whole(count(*) FILTER (WHERE update_status = 'Recovered')), pg_temp.whole(count(*)),
  pg_temp.percent(pg_temp.share(count(*) FILTER (WHERE update_status = 'Recovered'), count(*))),
  pg_temp.whole(count(*) FILTER (WHERE action = 'RETRY_UPDATE')), pg_temp.whole(count(*) FILTER (WHERE action = 'FORCE_ROLLBACK'))
FROM fleet WHERE failed
