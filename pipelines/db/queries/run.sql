-- name: start
INSERT INTO run (run_id, campaign_id, stage, options, version, host) VALUES ($1, $2, $3, $4, $5, $6)

-- By the server's clock, as the start: that of the command may be another.
-- name: finish
UPDATE run SET result = $2, error = $3, campaign_id = coalesce($4, campaign_id), finished_at = statement_timestamp() WHERE run_id = $1

-- name: close_abandoned
UPDATE run SET result = 'interrupted', finished_at = statement_timestamp(), error = 'it was killed' WHERE result = 'running' AND (stage = $1 OR $1 IS NULL)
