-- Which campaigns the shown one ($1) can be compared with: those that are whole, the $2 nearest to it in the order of their creation. Of each, what
-- its counts hang on: Sentinel changes reports and decisions in batches of the ledger, by decisions of the audit, and by taking chaos back.
WITH pass AS (
  SELECT campaign_id, stage, pass, sum(rows) AS rows, count(*) = max(batches) AS is_whole,
    sum(hashtextextended(concat_ws(' ', run_id, batch_no, rows, checksum, finished_at), 0)) AS content
  FROM batch_ledger
  GROUP BY campaign_id, stage, pass
), ledger AS (
  SELECT campaign_id, sum(rows) FILTER (WHERE stage = 'generate') AS stored, bool_and(is_whole) AS is_whole,
    string_agg(concat_ws(' ', stage, pass, content), ';' ORDER BY stage, pass) AS content
  FROM pass
  GROUP BY campaign_id
), audit AS (
  SELECT campaign_id, sum(hashtextextended(concat_ws(' ', device_id, version, verb, decided_at), 0)) AS content
  FROM triage_decision
  GROUP BY campaign_id
), ran AS (
  SELECT campaign_id, count(*) AS runs, max(finished_at) AS latest
  FROM run
  WHERE stage NOT IN ('validate', 'report')
  GROUP BY campaign_id
), whole AS (
  SELECT c.*, l.content AS ledger, row_number() OVER (ORDER BY c.created_at, c.campaign_id) AS place
  FROM campaign c
  LEFT JOIN ledger l ON l.campaign_id = c.campaign_id
  WHERE c.campaign_id = $1 OR (c.device_count > 0 AND l.stored = c.device_count AND l.is_whole)
)
SELECT w.campaign_id, w.name, (SELECT count(*)::int FROM whole) AS campaigns,
  md5(concat_ws('|', w.campaign_id, w.created_at, w.device_count, w.fault_seed, w.ledger, a.content, r.runs, r.latest)) AS state
FROM whole w
JOIN whole s ON s.campaign_id = $1
LEFT JOIN audit a ON a.campaign_id = w.campaign_id
LEFT JOIN ran r ON r.campaign_id = w.campaign_id
ORDER BY abs(w.place - s.place), w.place
LIMIT $2 + 1;
