CREATE TABLE bench_status AS SELECT * FROM ota_logs;
ALTER TABLE bench_status ADD PRIMARY KEY (bucket, campaign_id, device_id);
ANALYZE bench_status;
CREATE TABLE bench_status_narrow AS
SELECT r.*, s.update_status
FROM stored_report r
JOIN ota_logs s ON s.bucket = r.bucket AND s.campaign_id = r.campaign_id AND s.device_id = r.device_id;
ALTER TABLE bench_status_narrow ADD PRIMARY KEY (bucket, device_id);
ANALYZE bench_status_narrow
