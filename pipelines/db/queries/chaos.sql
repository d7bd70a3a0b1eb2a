-- Statements of experiments, on a server that was made for one.

-- The fleet as it is before the fault: the fault meets the copy, what it is held against goes on where it is.
-- name: copy_fleet
CREATE DATABASE trial TEMPLATE sentinel STRATEGY wal_log

-- Takes a batch's place in the ledger, uncommitted: who is about to commit that batch waits until this transaction ends.
-- name: hold_batch
INSERT INTO batch_ledger (campaign_id, stage, pass, batch_no, batches, run_id, worker, rows, checksum)
SELECT u.campaign_id, $1, 1, $2, $2 + 1, gen_random_uuid(), 0, 0, '0'
FROM current_campaign u

-- Sessions that wait for this one. (pg_stat_activity stays the same for a whole transaction.)
-- name: held
SELECT l.pid FROM pg_locks l WHERE NOT l.granted AND pg_backend_pid() = ANY(pg_blocking_pids(l.pid))

-- Returns once they are gone.
-- name: end_sessions
SELECT pg_terminate_backend(pid, 10000) FROM unnest($1::int[]) AS s (pid)

-- What a dead command's sessions had begun is then stored, or never will be.
-- name: sessions
SELECT count(*)::int AS sessions
FROM pg_stat_activity a
WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'

-- name: quarantined
SELECT coalesce(t.devices, 0)::float8 / c.device_count AS share
FROM current_campaign u
JOIN campaign c ON c.campaign_id = u.campaign_id
LEFT JOIN (
  SELECT q.campaign_id, count(*) AS devices FROM triage_queue q WHERE q.state = 'open' GROUP BY q.campaign_id
) t ON t.campaign_id = c.campaign_id

-- name: left_over
SELECT (SELECT count(*) FROM ota_logs WHERE update_status = 'Partial')::int AS partial,
  (SELECT count(*) FROM run WHERE result = 'running')::int AS open_runs

-- name: corrupted
SELECT coalesce(array_agg(DISTINCT f.device_id), '{}') AS devices
FROM fault_ledger f
JOIN current_campaign u ON u.campaign_id = f.campaign_id

-- What was decided, leaving some devices out, whatever its order.
-- name: decided_without
SELECT md5(count(*) || ' ' || coalesce(sum(('x' || left(md5(d.decision), 15))::bit(60)::bigint::numeric), 0)) AS rest
FROM (
  SELECT a.campaign_id, a.device_id, ROW(a.device_id, a.action, a.policy, a.policy_version, a.policy_rule, a.attempt)::text AS decision
  FROM recovery_actions a
  UNION ALL
  SELECT t.campaign_id, t.device_id, ROW(t.device_id, t.rule_id, t.rules_version, t.raw_sha256, t.state)::text
  FROM triage_queue t
) d
JOIN current_campaign u ON u.campaign_id = d.campaign_id
WHERE NOT EXISTS (SELECT FROM unnest($1::text[]) AS s (device_id) WHERE s.device_id = d.device_id)
