-- The session that asks, and whose lease it is: void is one whose session is gone.
-- name: look
SELECT own.pid, own.backend_start::text AS since, l.run_id AS taken,
  EXISTS (SELECT FROM pg_stat_activity a WHERE a.pid = l.backend_pid AND a.backend_start = l.backend_start) AS live
FROM pg_stat_activity own
LEFT JOIN lease l ON l.name = $1
WHERE own.pid = pg_backend_pid()

-- Unless another command was faster.
-- name: take
INSERT INTO lease (name, run_id, holder, backend_pid, backend_start)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (name) DO UPDATE
SET run_id = excluded.run_id, holder = excluded.holder, backend_pid = excluded.backend_pid,
    backend_start = excluded.backend_start, acquired_at = excluded.acquired_at
WHERE lease.run_id = $6

-- Whether a session of workers may have asked for its lease before another one took it, and could still commit; from a node of Citus such a
-- session comes as one of Citus's own, and its COMMIT in two phases.
-- name: under_way
SELECT EXISTS (
  SELECT
  FROM pg_stat_activity w
  WHERE w.datname = current_database() AND w.pid <> pg_backend_pid() AND w.backend_xid IS NOT NULL
    AND (w.application_name LIKE 'sentinel-%' OR w.application_name LIKE 'citus_internal %')
) OR EXISTS (
  SELECT FROM pg_prepared_xacts p WHERE p.database = current_database() AND p.gid LIKE 'citus\_%'
) AS under_way

-- name: holder
SELECT holder, extract(epoch FROM now() - acquired_at)::float8 AS seconds FROM lease WHERE name = $1

-- name: release
DELETE FROM lease WHERE name = $1 AND run_id = $2

-- Whose session lives.
-- name: live
SELECT l.holder, extract(epoch FROM clock_timestamp() - l.acquired_at)::float8 AS seconds
FROM lease l
JOIN pg_stat_activity a ON a.pid = l.backend_pid AND a.backend_start = l.backend_start
WHERE l.name = $1
