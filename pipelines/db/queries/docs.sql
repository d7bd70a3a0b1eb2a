-- name: relations
SELECT c.relname AS name, CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END AS kind, obj_description(c.oid, 'pg_class') AS comment
FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
ORDER BY c.relkind = 'v', c.oid

-- The comment of a view's column is that of the table's column of the same name, where it has none of its own.
-- name: columns
SELECT c.relname AS relation, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required,
  coalesce(
    col_description(c.oid, a.attnum),
    (
      SELECT col_description(b.attrelid, b.attnum)
      FROM pg_attribute b
      WHERE b.attname = a.attname AND b.attrelid = ANY(ARRAY['stored_report', 'device_profile', 'update_outcome', 'fault_ledger', 'triage_queue', 'device_status', 'device_report', 'recovery_actions']::regclass[])
        AND col_description(b.attrelid, b.attnum) IS NOT NULL
      ORDER BY array_position(ARRAY['stored_report', 'device_profile', 'update_outcome', 'device_status', 'device_report', 'recovery_actions', 'fault_ledger', 'triage_queue']::regclass[]::oid[], b.attrelid)
      LIMIT 1
    )
  ) AS comment
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
ORDER BY c.oid, a.attnum
