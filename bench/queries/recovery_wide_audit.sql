INSERT INTO bench_wide_audit
SELECT u.bucket, u.campaign_id, u.device_id, 'RETRY_UPDATE', now()
FROM bench_wide u
WHERE u.update_status = 'Partial' AND u.bucket BETWEEN $1 AND $2
