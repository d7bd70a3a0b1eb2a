-- The variable runs gives those runs another id whose own is taken here.
CREATE OR REPLACE TEMP VIEW archived AS
SELECT getvariable('campaign') AS campaign_id, * REPLACE (coalesce(getvariable('runs') ->> run_id, run_id) AS run_id)
FROM read_parquet(getvariable('file'));
