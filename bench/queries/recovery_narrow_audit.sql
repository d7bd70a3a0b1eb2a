INSERT INTO bench_narrow_audit
SELECT u.bucket, u.campaign_id, u.device_no, 1, 1, 0
FROM bench_narrow u
WHERE u.update_status = 'Partial' AND u.bucket BETWEEN $1 AND $2
