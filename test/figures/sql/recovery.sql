-- name: headline
SELECT pg_temp.whole(count(*) FILTER (WHERE update_status = 'Recovered')), pg_temp.whole(count(*) FILTER (WHERE failed)),
  (SELECT round(1000 * extract(epoch FROM max(finished_at) - min(started_at))) FROM batch_ledger JOIN current_campaign USING (campaign_id) WHERE stage = 'recover')
FROM fleet

-- name: detail
SELECT pg_temp.percent(pg_temp.share(count(action), count(*))), workers, batches, 1, pg_temp.whole(count(*) FILTER (WHERE action = 'MANUAL_TRIAGE')),
  pg_temp.percent(pg_temp.share(count(*) FILTER (WHERE action = 'MANUAL_TRIAGE'), count(*)))
FROM fleet,
  (SELECT count(DISTINCT worker) AS workers, count(*) AS batches FROM batch_ledger JOIN current_campaign USING (campaign_id) WHERE stage = 'recover') b
WHERE failed
GROUP BY workers, batches

-- name: batches
WITH b AS (
  SELECT b.*, 1000 * extract(epoch FROM started_at - min(started_at) OVER ()) AS began, 1000 * extract(epoch FROM finished_at - min(started_at) OVER ()) AS ended
  FROM batch_ledger b JOIN current_campaign USING (campaign_id)
  WHERE stage = 'recover'
)
SELECT pass, batch_no, worker, pg_temp.whole(rows), pg_temp.whole(began), pg_temp.whole(ended), pg_temp.whole(ended - began), pg_temp.whole(sum(rows) OVER (ORDER BY ended, batch_no))
FROM b

-- name: actions
WITH a AS (
  SELECT DISTINCT r.action, r.policy_rule FROM recovery_actions r JOIN current_campaign USING (campaign_id)
  UNION ALL SELECT 'MANUAL_TRIAGE', NULL
)
SELECT a.action, coalesce(pg_temp.words(a.policy_rule), '–'), d.region, pg_temp.whole(count(*) FILTER (WHERE d.action = a.action)),
  pg_temp.percent(avg(coalesce(d.action = a.action, false)::int))
FROM fleet d, a
WHERE d.failed
GROUP BY a.action, a.policy_rule, d.region

-- name: runs
SELECT stage, result, pg_temp.whole(1000 * extract(epoch FROM finished_at - started_at))
FROM run JOIN current_campaign USING (campaign_id)
WHERE finished_at IS NOT NULL AND stage <> 'report'
