ALTER TABLE bench_corrupt DROP CONSTRAINT IF EXISTS bench_corrupt_pkey;
TRUNCATE bench_corrupt;
INSERT INTO bench_corrupt SELECT r.* FROM stored_report r ORDER BY r.device_no;
ALTER TABLE bench_corrupt ADD PRIMARY KEY (bucket, device_id);
ANALYZE bench_corrupt
