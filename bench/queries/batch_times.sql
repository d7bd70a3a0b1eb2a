SELECT extract(epoch FROM finished_at - started_at)::float8 * 1000 AS ms
FROM batch_ledger
WHERE stage = $1 AND campaign_id = $2
