-- name: server_version
SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS text

-- name: present
SELECT to_regclass('sentinel_migration') IS NOT NULL AS present

-- name: last
SELECT max(number) AS last FROM sentinel_migration

-- name: relations_named
SELECT c.relname AS name
FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY($1)
ORDER BY c.relname

-- name: ledger
CREATE TABLE IF NOT EXISTS sentinel_migration (
  number     int PRIMARY KEY,
  file       text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
)

-- name: lock
LOCK TABLE sentinel_migration IN EXCLUSIVE MODE

-- name: record
INSERT INTO sentinel_migration (number, file) VALUES ($1, $2)

-- What an extension brought, nobody made here.
-- name: strangers
SELECT c.relname AS name
FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace
  AND c.relkind IN ('r', 'p', 'f', 'm', 'v') AND NOT c.relispartition
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  AND c.relname <> ALL($1)
ORDER BY c.relname
LIMIT 5
