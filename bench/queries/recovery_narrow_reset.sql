TRUNCATE bench_narrow, bench_narrow_audit;
INSERT INTO bench_narrow
SELECT r.*, o.update_status
FROM stored_report r
JOIN update_outcome o ON o.campaign_id = r.campaign_id AND o.outcome_no = r.outcome_no
ORDER BY r.bucket, r.device_id
