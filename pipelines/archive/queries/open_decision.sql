-- The variable rules gives each rule the number that it has here.
CREATE OR REPLACE TEMP VIEW archived AS
SELECT getvariable('campaign') AS campaign_id, * REPLACE (getvariable('rules') ->> CAST(rule_no AS VARCHAR) AS rule_no)
FROM read_parquet(getvariable('file'));
