-- Whoever only looks does not wait long: not for a lock, and not for a server that has other things to do.
-- name: bound
SET statement_timeout = '10s';
SET lock_timeout = '1s'

-- The first campaign that is stored whole and was not recovered, or not validated, or changed since. Only tables that grow with batches, runs and what
-- people decide are read: no fleet, and no partition, of which there may be many. $1 and $2 name campaigns that failed, as they were then: those
-- wait until they change.
-- name: next
WITH pass AS (
  SELECT b.campaign_id, b.stage, count(*) = max(b.batches) AS is_complete, sum(b.rows) AS rows, max(b.finished_at) AS finished_at
  FROM batch_ledger b
  GROUP BY b.campaign_id, b.stage, b.pass
), standing AS (
  SELECT p.campaign_id, sum(p.rows) FILTER (WHERE p.stage = 'generate') AS stored,
    bool_and(p.is_complete) FILTER (WHERE p.stage = 'corrupt') AS is_corrupted,
    bool_and(p.is_complete) FILTER (WHERE p.stage = 'recover') AS is_recovered
  FROM pass p
  GROUP BY p.campaign_id
), person AS ( -- counted where the rows lie, before it is joined
  SELECT t.campaign_id, max(t.decided_at) AS decided_at FROM triage_decision t GROUP BY t.campaign_id
), change AS (
  SELECT p.campaign_id, p.finished_at AS at FROM pass p
  UNION ALL
  SELECT t.campaign_id, t.decided_at FROM person t
  UNION ALL
  SELECT r.campaign_id, r.finished_at FROM run r WHERE r.stage = 'import' OR r.options ->> 'undo' = 'true'
), changed AS (
  SELECT h.campaign_id, max(h.at) AS at FROM change h GROUP BY h.campaign_id
), verdict AS (
  SELECT v.campaign_id, min(v.checked_at) AS at, bool_or(v.check_name = 'rerun_changes_nothing' AND NOT v.passed) AS is_undecided
  FROM validation_result v
  GROUP BY v.campaign_id
)
SELECT c.campaign_id, c.name, h.at::text AS mark
FROM campaign c
JOIN standing s ON s.campaign_id = c.campaign_id AND s.stored = c.device_count
JOIN changed h ON h.campaign_id = c.campaign_id
LEFT JOIN verdict v ON v.campaign_id = c.campaign_id
WHERE EXISTS (SELECT FROM pg_index i WHERE i.indrelid = to_regclass('stored_report_' || c.campaign_id) AND i.indisprimary)
  AND (c.fault_rate IS NULL OR s.is_corrupted)
  AND (
    s.is_recovered IS NOT TRUE OR v.at IS NULL OR v.at < h.at OR v.is_undecided
    OR NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = to_regclass('decision_' || c.campaign_id) AND i.indisprimary)
  )
  AND NOT EXISTS (
    SELECT FROM unnest($1::int[], $2::text[]) AS f (campaign_id, mark) WHERE f.campaign_id = c.campaign_id AND f.mark = h.at::text
  )
ORDER BY c.campaign_id
LIMIT 1

-- What a report of the current campaign would show: another mark, another report. No row where that campaign is not stored whole.
-- name: shown
SELECT concat_ws(' ', u.campaign_id, (SELECT count(*) FROM campaign), (SELECT max(b.finished_at) FROM batch_ledger b),
  (SELECT max(t.decided_at) FROM triage_decision t), (SELECT max(v.checked_at) FROM validation_result v)) AS mark
FROM current_campaign u
JOIN campaign c ON c.campaign_id = u.campaign_id
WHERE c.device_count = (SELECT sum(b.rows) FROM batch_ledger b WHERE b.campaign_id = c.campaign_id AND b.stage = 'generate')
  AND EXISTS (SELECT FROM pg_index i WHERE i.indrelid = to_regclass('stored_report_' || c.campaign_id) AND i.indisprimary)
