-- Void is a lease whose session is gone, once no session of its workers is left that could still commit.
-- name: acquire
INSERT INTO lease (name, run_id, holder, backend_pid, backend_start)
SELECT $1, $2, $3, a.pid, a.backend_start
FROM pg_stat_activity a
WHERE a.pid = pg_backend_pid()
  AND NOT EXISTS (
    SELECT
    FROM pg_stat_activity w
    WHERE w.datname = current_database() AND w.application_name LIKE 'sentinel-%' AND w.pid <> a.pid
      AND w.backend_xid IS NOT NULL
  )
ON CONFLICT (name) DO UPDATE
SET run_id = excluded.run_id, holder = excluded.holder, backend_pid = excluded.backend_pid,
    backend_start = excluded.backend_start, acquired_at = excluded.acquired_at
WHERE NOT EXISTS (
  SELECT FROM pg_stat_activity a WHERE a.pid = lease.backend_pid AND a.backend_start = lease.backend_start
)
RETURNING run_id

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
