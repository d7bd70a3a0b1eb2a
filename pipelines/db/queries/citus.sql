-- Where the extension is, tables are spread over its nodes: docs/scale.md.
-- name: is_installed
SELECT EXISTS (SELECT FROM pg_extension e WHERE e.extname = 'citus') AS installed

-- name: is_coordinator
SELECT citus_is_coordinator() AS coordinator

-- Tables that stand on this node alone and should not, and functions of workers that other nodes don't have. Big tables lie beside the first of them,
-- bucket by bucket; of a small one each node has a copy. Leases are bound to sessions of the coordinator: they stay there, where nodes can ask
-- for them. Migrations are its own.
-- name: left
SELECT w.turn, w.name, w.way, w.beside
FROM (VALUES
  (1, 'stored_report', 'spread', 'default'), (2, 'decision', 'spread', 'stored_report'), (2, 'fault_ledger', 'spread', 'stored_report'),
  (2, 'triage_queue', 'spread', 'stored_report'), (2, 'triage_decision', 'spread', 'stored_report'),
  (2, 'telemetry_amendment', 'spread', 'stored_report'),
  (3, 'campaign', 'copy', NULL), (3, 'current_campaign', 'copy', NULL), (3, 'device_profile', 'copy', NULL), (3, 'update_outcome', 'copy', NULL),
  (3, 'decision_rule', 'copy', NULL), (3, 'batch_ledger', 'copy', NULL), (3, 'run', 'copy', NULL), (3, 'validation_result', 'copy', NULL),
  (3, 'import_reject', 'copy', NULL), (4, 'lease', 'tell', NULL)
) AS w (turn, name, way, beside)
WHERE NOT EXISTS (SELECT FROM pg_dist_partition p WHERE p.logicalrelid = to_regclass(w.name))
UNION ALL
SELECT 0, p.oid::regprocedure::text, 'bring', NULL
FROM pg_proc p
JOIN pg_class l ON l.oid = to_regclass('lease') AND l.relnamespace = p.pronamespace
WHERE p.proname = ANY('{fence,version_said,quarantine_again,amend_by_rule}')
  AND NOT EXISTS (SELECT FROM pg_dist_object o WHERE o.classid = 'pg_proc'::regclass AND o.objid = p.oid)
ORDER BY turn, name

-- Campaigns in two halves: partitions of partitions can't be spread.
-- name: halved
SELECT c.name
FROM campaign c
JOIN pg_class t ON t.oid = to_regclass('stored_report_' || c.campaign_id) AND t.relkind = 'p'
ORDER BY c.name

-- name: spread
SELECT create_distributed_table($1::regclass, 'bucket', colocate_with => $2)

-- name: copy
SELECT create_reference_table($1::regclass)

-- Rows that were there are on the nodes now, and no longer seen here.
-- name: forget_local
SELECT truncate_local_data_after_distributing_table($1::regclass)

-- name: bring
SELECT create_distributed_function($1::regprocedure)

-- name: tell
SELECT citus_add_local_table_to_metadata($1::regclass)

-- Who holds which buckets, as far as a node can be asked for all of them like the coordinator. Campaigns lie beside the table that is asked for.
-- name: nodes
SELECT n.nodename AS host, n.nodeport AS port, n.groupid = 0 AS coordinates, array_agg(b.bucket ORDER BY b.bucket) AS buckets
FROM generate_series(0, 1023) AS b (bucket)
JOIN pg_dist_placement p ON p.shardid = get_shard_id_for_distribution_column('stored_report', b.bucket)
JOIN pg_dist_node n ON n.groupid = p.groupid AND n.noderole = 'primary' AND n.isactive AND n.hasmetadata AND n.metadatasynced
GROUP BY n.nodename, n.nodeport, n.groupid
ORDER BY n.groupid

-- Fails where a worker could not work.
-- name: can_work
SELECT 'fence(uuid)'::regprocedure, (SELECT count(*) FROM batch_ledger WHERE campaign_id = 0), (SELECT count(*) FROM lease)
