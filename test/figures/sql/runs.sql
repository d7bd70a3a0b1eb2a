-- name: detail
SELECT pg_temp.percent(ka::numeric / na), pg_temp.whole(na), pg_temp.percent(kb::numeric / nb), pg_temp.whole(nb), '95%',
  pg_temp.points(pg_temp.newcombe(ka, na, kb, nb, -1)), pg_temp.points(pg_temp.newcombe(ka, na, kb, nb, 1))
FROM pair WHERE scope = 'fleet'

-- name: differences
SELECT pg_temp.words(scope), name, pg_temp.whole(ka), pg_temp.whole(na), pg_temp.percent(ka::numeric / na, 2),
  pg_temp.whole(kb), pg_temp.whole(nb), pg_temp.percent(kb::numeric / nb, 2), pg_temp.points(ka::numeric / na - kb::numeric / nb, 2),
  pg_temp.points(pg_temp.newcombe(ka, na, kb, nb, -1), 2) || ' to ' || pg_temp.points(pg_temp.newcombe(ka, na, kb, nb, 1), 2)
FROM pair

-- name: campaigns
SELECT c.name, pg_temp.whole(count(*)), pg_temp.whole(count(*) FILTER (WHERE s.reported_status = 'Partial')),
  pg_temp.percent(avg((s.reported_status = 'Partial')::int)), pg_temp.interval(count(*) FILTER (WHERE s.reported_status = 'Partial'), count(*)),
  pg_temp.whole(count(*) FILTER (WHERE s.update_status = 'Recovered')),
  pg_temp.whole(count(*) FILTER (WHERE s.update_status = 'Quarantined')), pg_temp.whole(count(*) FILTER (WHERE s.update_status = 'Partial'))
FROM device_status s JOIN campaign c USING (campaign_id)
GROUP BY c.name
