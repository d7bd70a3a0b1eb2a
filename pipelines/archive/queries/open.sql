CREATE OR REPLACE TEMP VIEW archived AS
SELECT getvariable('campaign') AS campaign_id, * FROM read_parquet(getvariable('file'));
