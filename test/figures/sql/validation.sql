-- name: headline
SELECT count(*) FROM validation_result JOIN current_campaign USING (campaign_id) WHERE passed

-- name: promises
SELECT promise, expected, actual, CASE WHEN passed THEN 'PASS' ELSE 'FAIL' END FROM validation_result JOIN current_campaign USING (campaign_id)
