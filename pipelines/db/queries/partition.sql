-- A campaign has partitions of its own: it is loaded without a key, keyed once it is whole, and dropped at once. What its stages append they
-- analyse themselves: autovacuum, reading it again while the next one works, would take a third of a core. Rows that die it still clears away.
-- Citus sends its nodes the whole message that a change of the schema stands in: within a block each statement is one of its own.
-- name: create
DO $$
BEGIN
  CREATE TABLE stored_report_:campaign (LIKE stored_report INCLUDING ALL)
    WITH (fillfactor = 96, autovacuum_vacuum_insert_threshold = -1, autovacuum_analyze_threshold = 2000000000);
  ALTER TABLE stored_report ATTACH PARTITION stored_report_:campaign FOR VALUES IN (:campaign);
  CREATE TABLE decision_:campaign (LIKE decision INCLUDING ALL)
    WITH (autovacuum_vacuum_insert_threshold = -1, autovacuum_analyze_threshold = 2000000000);
  ALTER TABLE decision ATTACH PARTITION decision_:campaign FOR VALUES IN (:campaign);
END $$

-- A large one has two halves, by bucket: of two workers each loads its own, so that rows lie in the order of the key, and both are keyed at
-- once. That takes half of the time. More parts gain nothing, and joins by the key are then planned as reads of every part.
-- name: create_halved
CREATE TABLE stored_report_:campaign (LIKE stored_report INCLUDING ALL) PARTITION BY RANGE (bucket);
ALTER TABLE stored_report ATTACH PARTITION stored_report_:campaign FOR VALUES IN (:campaign);
CREATE TABLE decision_:campaign (LIKE decision INCLUDING ALL) PARTITION BY RANGE (bucket);
ALTER TABLE decision ATTACH PARTITION decision_:campaign FOR VALUES IN (:campaign)

-- name: create_half
CREATE TABLE stored_report_:{campaign}_:{half} PARTITION OF stored_report_:campaign
  FOR VALUES FROM (:from) TO (:to)
  WITH (fillfactor = 96, autovacuum_vacuum_insert_threshold = -1, autovacuum_analyze_threshold = 2000000000);
CREATE TABLE decision_:{campaign}_:{half} PARTITION OF decision_:campaign FOR VALUES FROM (:from) TO (:to)
  WITH (autovacuum_vacuum_insert_threshold = -1, autovacuum_analyze_threshold = 2000000000)

-- Workers store into the partitions by name, so that the rights on the whole table do not do.
-- name: grant
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'sentinel_writer') THEN
    GRANT INSERT, SELECT ON stored_report_:campaign TO sentinel_writer;
    GRANT INSERT ON decision_:campaign TO sentinel_writer;
  END IF;
END $$

-- name: is_keyed
SELECT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = to_regclass($1) AND i.indisprimary) AS keyed

-- Numbers of the halves of a table that have no key yet; none where it has none.
-- name: unkeyed_halves
SELECT substring(t.relname FROM '[0-9]+$')::int AS half
FROM pg_inherits h
JOIN pg_class t ON t.oid = h.inhrelid
WHERE h.inhparent = to_regclass($1) AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.oid AND i.indisprimary)
ORDER BY half

-- name: key_report_half
ALTER TABLE stored_report_:{campaign}_:{half} ADD PRIMARY KEY (bucket, device_id)

-- name: key_decision_half
ALTER TABLE decision_:{campaign}_:{half} ADD PRIMARY KEY (bucket, device_no)

-- The keys of two halves become one.
-- name: key_report
ALTER TABLE stored_report_:campaign ADD PRIMARY KEY (bucket, device_id)

-- name: key_decision
ALTER TABLE decision_:campaign ADD PRIMARY KEY (bucket, device_no)

-- name: drop
DROP TABLE stored_report_:campaign, decision_:campaign
