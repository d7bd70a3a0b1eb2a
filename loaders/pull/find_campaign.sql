-- $1: name of the campaign, or NULL for the current one.
SELECT c.campaign_id, c.name, c.device_count::text AS device_count, c.rules
FROM campaign c
WHERE c.name = $1::text
   OR ($1::text IS NULL AND c.campaign_id = (SELECT u.campaign_id FROM current_campaign u));
