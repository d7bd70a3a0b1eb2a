-- For whoever does not say which buckets are meant: the devices of a server once more, half of all buckets further on, in buckets that it does not own,
-- with other values.
INSERT INTO stored_report
SELECT (r.bucket + 512) % 1024, r.campaign_id, r.device_no, m.last_no - r.profile_no, r.outcome_no, r.device_id, '7', '13.99', '1', '2',
  '2026-01-01T00:00:00.000Z'
FROM stored_report r
CROSS JOIN (SELECT max(p.profile_no) AS last_no FROM device_profile p) m
