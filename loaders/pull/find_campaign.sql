-- $1: name of the campaign, or NULL for the current one. Its policy is that of the recovery that was begun last, NULL where none was.
SELECT c.campaign_id, c.name, c.device_count::text AS device_count, c.rules, p.policy
FROM campaign c
LEFT JOIN LATERAL (
  SELECT coalesce(r.options ->> 'policy', 'default') AS policy
  FROM run r
  WHERE r.campaign_id = c.campaign_id AND r.stage = 'recover'
  ORDER BY r.started_at DESC, r.run_id
  LIMIT 1
) p ON true
WHERE c.name = $1::text
   OR ($1::text IS NULL AND c.campaign_id = (SELECT u.campaign_id FROM current_campaign u));
