TRUNCATE bench_wide, bench_wide_audit;
INSERT INTO bench_wide SELECT r.* FROM device_report r ORDER BY r.bucket, r.campaign_id, r.device_id
