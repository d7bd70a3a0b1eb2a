-- Where the extension is, tables are spread over its nodes: docs/scale.md.
-- name: is_installed
SELECT EXISTS (SELECT FROM pg_extension e WHERE e.extname = 'citus') AS installed

-- name: is_coordinator
SELECT citus_is_coordinator() AS coordinator

-- Tables that stand on this node alone and should not. Big ones lie beside the first of them, bucket by bucket; of a small one each node has a copy.
-- Leases are bound to sessions of the coordinator, and migrations are its own.
-- name: left
SELECT w.name, w.beside
FROM (VALUES
  ('stored_report', 'default'), ('decision', 'stored_report'), ('fault_ledger', 'stored_report'), ('triage_queue', 'stored_report'),
  ('triage_decision', 'stored_report'), ('telemetry_amendment', 'stored_report'),
  ('campaign', NULL), ('current_campaign', NULL), ('device_profile', NULL), ('update_outcome', NULL), ('decision_rule', NULL),
  ('batch_ledger', NULL), ('run', NULL), ('validation_result', NULL), ('import_reject', NULL)
) AS w (name, beside)
WHERE NOT EXISTS (SELECT FROM pg_dist_partition p WHERE p.logicalrelid = to_regclass(w.name))
ORDER BY w.beside <> 'default', w.name

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
