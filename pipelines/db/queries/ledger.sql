-- name: record
INSERT INTO batch_ledger (campaign_id, stage, pass, batch_no, batches, run_id, worker, rows, checksum)
VALUES (:campaign, :stage, :pass, :batch, :batches, :run, :worker, :rows, :checksum);
SELECT fence(:lease)

-- name: committed
SELECT batch_no FROM batch_ledger WHERE campaign_id = $1 AND stage = $2 AND pass = $3 ORDER BY batch_no

-- name: is_committed
SELECT rows::int AS rows FROM batch_ledger WHERE campaign_id = $1 AND stage = $2 AND pass = $3 AND batch_no = $4

-- name: last_pass
SELECT pass, max(batches) AS batches, count(*)::int AS committed, coalesce(sum(rows), 0)::int AS rows
FROM batch_ledger
WHERE campaign_id = $1 AND stage = $2
GROUP BY pass
ORDER BY pass DESC
LIMIT 1
