-- A command's sessions have a name in common that no other command's have.
-- name: cancel
SELECT pg_cancel_backend(a.pid)
FROM pg_stat_activity a
JOIN pg_stat_activity own ON own.pid = pg_backend_pid() AND own.application_name = a.application_name
WHERE a.pid <> own.pid AND a.datname = own.datname AND a.state <> 'idle'

-- What works for a command that is gone ends soon; a server that can't look after its clients (not all systems tell) says so.
-- name: mind_the_client
SET client_connection_check_interval = '1s'

-- The process that answers; a pooler names itself to the client instead.
-- name: process
SELECT pg_backend_pid() AS pid
