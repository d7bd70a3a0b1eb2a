-- Outcomes of an export from before contradictions were counted: each counts as what it was.
CREATE OR REPLACE TEMP VIEW archived AS
SELECT getvariable('campaign') AS campaign_id, *, update_status AS counted_status FROM read_parquet(getvariable('file'));
