-- name: headline
SELECT pg_temp.percent(avg((update_status IN ('Success', 'Recovered'))::int), 1), pg_temp.whole(count(*)),
  pg_temp.whole(count(*) FILTER (WHERE update_status = 'Quarantined'))
FROM ota_logs

-- name: detail
SELECT pg_temp.whole(count(*) FILTER (WHERE failed)), pg_temp.percent(avg(failed::int)),
  pg_temp.percent(pg_temp.share(count(*) FILTER (WHERE action IN ('RETRY_UPDATE', 'FORCE_ROLLBACK')), count(*) FILTER (WHERE failed)))
FROM fleet

-- name: cards
WITH f AS (
  SELECT count(*) AS devices, count(*) FILTER (WHERE failed) AS failed, count(*) FILTER (WHERE update_status = 'Recovered') AS recovered FROM fleet
)
SELECT 'Devices', pg_temp.whole(devices), 'being updated to ' || (SELECT DISTINCT firmware_to FROM ota_logs) FROM f
UNION ALL SELECT 'Failed at first', pg_temp.percent(pg_temp.share(failed, devices)), pg_temp.whole(failed) || ' reported a partial update' FROM f
UNION ALL SELECT 'Recovered', pg_temp.percent(pg_temp.share(recovered, failed)), pg_temp.whole(recovered) || ' of ' || pg_temp.whole(failed) || ' that failed' FROM f
UNION ALL SELECT 'Wait for a person', pg_temp.whole((SELECT count(*) FROM triage_queue t JOIN current_campaign USING (campaign_id) WHERE t.state = 'open')), 'in the triage queue'
UNION ALL SELECT 'Faults found', pg_temp.percent(pg_temp.share(count(rule), count(*))), pg_temp.whole(count(rule)) || ' of ' || pg_temp.whole(count(*)) || ' injected' FROM injected
UNION ALL SELECT 'Promises kept', count(*) FILTER (WHERE passed) || ' of ' || count(*), 'invariants hold'
FROM validation_result v JOIN current_campaign USING (campaign_id)

-- name: change
WITH c AS (
  SELECT s.campaign_id = u.campaign_id AS is_now, count(*) AS n, count(*) FILTER (WHERE s.reported_status = 'Partial') AS k
  FROM device_status s CROSS JOIN current_campaign u
  GROUP BY 1
)
SELECT pg_temp.percent(a.k::numeric / a.n), pg_temp.whole(a.n), pg_temp.percent(b.k::numeric / b.n), pg_temp.whole(b.n), '95%',
  pg_temp.points(pg_temp.newcombe(a.k, a.n, b.k, b.n, -1)), pg_temp.points(pg_temp.newcombe(a.k, a.n, b.k, b.n, 1))
FROM c a JOIN c b ON a.is_now AND NOT b.is_now

-- name: status
SELECT s.status, pg_temp.whole(count(d.device_id)), pg_temp.percent(count(d.device_id)::numeric / (SELECT count(*) FROM ota_logs), 2),
  pg_temp.interval(count(d.device_id), (SELECT count(*) FROM ota_logs), 2)
FROM unnest(ARRAY['Success', 'Partial', 'Recovered', 'Quarantined']) AS s (status)
LEFT JOIN ota_logs d ON d.update_status = s.status
GROUP BY s.status

-- name: stages
SELECT pg_temp.stage(p.stage), p.region, pg_temp.whole(p.came), pg_temp.whole(p.failed), pg_temp.percent(pg_temp.share(p.failed, p.came), 2),
  pg_temp.interval(p.failed, p.came, 2), pg_temp.points(pg_temp.share(p.failed, p.came) - sum(p.failed) OVER s / sum(p.came) OVER s, 2)
FROM place p
WINDOW s AS (PARTITION BY p.stage)
