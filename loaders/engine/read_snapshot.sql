SELECT id, campaign_id, campaign, iso(taken_at) AS taken_at, devices::INTEGER AS devices
FROM snapshot;
