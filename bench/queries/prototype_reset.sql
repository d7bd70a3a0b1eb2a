TRUNCATE bench_prototype;
INSERT INTO bench_prototype SELECT r.* FROM device_report r ORDER BY r.bucket, r.campaign_id, r.device_id
