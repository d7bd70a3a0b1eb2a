-- name: start
INSERT INTO run (run_id, campaign_id, stage, options, version, host) VALUES ($1, $2, $3, $4, $5, $6)

-- name: finish
UPDATE run SET result = $2, error = $3, campaign_id = coalesce($4, campaign_id), finished_at = $5 WHERE run_id = $1

-- name: close_abandoned
UPDATE run SET result = 'interrupted', finished_at = $1, error = 'it was killed' WHERE result = 'running' AND (stage = $2 OR $2 IS NULL)
