TRUNCATE bench_update, bench_audit;
INSERT INTO bench_update SELECT r.* FROM device_report r ORDER BY r.bucket, r.campaign_id, r.device_id
