-- Nothing is written, and nobody waited for long: who holds a table to itself holds up no one who only wants to know.
-- name: begin
BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL lock_timeout = '5s'

-- name: campaigns
SELECT c.campaign_id, c.name, c.source, c.source_file, c.device_count::float8 AS device_count, c.rules, c.fault_rate,
  EXISTS (SELECT FROM current_campaign u WHERE u.campaign_id = c.campaign_id) AS is_current
FROM campaign c
WHERE c.name = $1 OR $1::text IS NULL
ORDER BY c.campaign_id

-- What the run was asked for that committed last in a stage.
-- name: asked
SELECT r.options ->> 'policy' AS policy, r.options ->> 'from' AS "from", r.options ->> 'format' AS format, r.options ->> 'map' AS map
FROM batch_ledger b
JOIN run r ON r.run_id = b.run_id
WHERE b.campaign_id = $1 AND b.stage = $2
ORDER BY b.finished_at DESC
LIMIT 1

-- name: open_triage
SELECT count(*)::float8 AS devices FROM triage_queue WHERE campaign_id = $1 AND state = 'open'

-- What validate found, and whether something changed the campaign since: a batch, a person, an import, or faults that were taken back.
-- name: validation
SELECT count(*)::int AS promises, v.checked_at,
  coalesce(array_agg(v.check_name ORDER BY v.ordinal) FILTER (WHERE NOT v.passed), '{}') AS broken,
  coalesce(v.checked_at < greatest(
    (SELECT max(b.finished_at) FROM batch_ledger b WHERE b.campaign_id = $1),
    (SELECT max(t.decided_at) FROM triage_decision t WHERE t.campaign_id = $1),
    (SELECT max(r.finished_at) FROM run r WHERE r.campaign_id = $1 AND (r.stage = 'import' OR r.options ->> 'undo' = 'true'))
  ), false) AS is_outdated
FROM validation_result v
WHERE v.campaign_id = $1
GROUP BY v.checked_at
