-- Why workers can't act as the role that was made for them; NULL where they can. From 16 on a member may be kept from acting as the role. Nodes of
-- Citus talk to each other as the role that is acted as.
-- name: writer_obstacle
SELECT CASE
  WHEN r.oid IS NULL THEN 'it is not there'
  WHEN NOT pg_has_role(session_user, r.oid, CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END)
    THEN 'the user is no member of it'
  WHEN NOT r.rolcanlogin AND EXISTS (SELECT FROM pg_extension e WHERE e.extname = 'citus') THEN 'nodes of Citus can''t log in as it'
  WHEN current_schema() = session_user THEN 'the tables are in a schema of the user''s own name'
  WHEN NOT (has_schema_privilege(r.oid, current_schema(), 'USAGE') AND has_table_privilege(r.oid, 'batch_ledger', 'INSERT'))
    THEN 'it has no rights in this database'
END AS obstacle
FROM (VALUES ('sentinel_writer')) AS w (name)
LEFT JOIN pg_roles r ON r.rolname = w.name

-- Not on a session that a pooler lends: it would stay so for whom it is lent to next.
-- name: act_as
SELECT set_config('role', $1, false) WHERE pg_backend_pid() = $2
