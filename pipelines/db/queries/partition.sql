-- A campaign has partitions of its own: it is loaded without a key, keyed once it is whole, and dropped at once.
-- name: create
CREATE TABLE stored_report_:campaign (LIKE stored_report INCLUDING ALL) WITH (fillfactor = 96);
ALTER TABLE stored_report ATTACH PARTITION stored_report_:campaign FOR VALUES IN (:campaign);
CREATE TABLE decision_:campaign (LIKE decision INCLUDING ALL);
ALTER TABLE decision ATTACH PARTITION decision_:campaign FOR VALUES IN (:campaign)

-- name: is_keyed
SELECT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = to_regclass($1) AND i.indisprimary) AS keyed

-- name: key_reports
ALTER TABLE stored_report_:campaign ADD PRIMARY KEY (bucket, device_id)

-- name: key_decisions
ALTER TABLE decision_:campaign ADD PRIMARY KEY (bucket, device_no)

-- name: drop
DROP TABLE stored_report_:campaign, decision_:campaign
