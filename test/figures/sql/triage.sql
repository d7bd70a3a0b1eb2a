-- name: headline
SELECT pg_temp.whole(count(*)) FROM triage_queue JOIN current_campaign USING (campaign_id) WHERE state = 'open'

-- name: detail
SELECT pg_temp.percent(count(*)::numeric / (SELECT count(*) FROM fleet WHERE failed)),
  pg_temp.whole((SELECT count(*) FROM triage_queue JOIN current_campaign USING (campaign_id) GROUP BY rule_id ORDER BY 1 DESC LIMIT 1))
FROM triage_queue JOIN current_campaign USING (campaign_id)

-- name: cards
WITH q AS (SELECT count(*) AS n FROM ota_logs WHERE update_status = 'Quarantined')
SELECT 'Open', pg_temp.whole(n), 'wait for a person' FROM q
UNION ALL VALUES ('Released', '0', 'wait for the next recovery'), ('Recovered since', '0', 'by recovery, once released'),
  ('Decided by a person', '0', 'their telemetry was given up'), ('Repaired by a rule', '0', 'without a person')

-- name: queue
SELECT DISTINCT ON (device_id) device_id, rule, coalesce(nullif(raw, ''), '–')
FROM broken WHERE failed
ORDER BY device_id, no

-- name: rules
SELECT pg_temp.words(rule), count(*), count(*)
FROM (SELECT DISTINCT ON (device_id) device_id, rule FROM broken WHERE failed ORDER BY device_id, no) b
GROUP BY rule

-- name: regions
SELECT region, count(*), count(*) FROM ota_logs WHERE update_status = 'Quarantined' GROUP BY region
