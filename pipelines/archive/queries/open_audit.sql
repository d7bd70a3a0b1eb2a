-- As open_decision.sql, for the decisions that a person took away and put there.
CREATE OR REPLACE TEMP VIEW archived AS
SELECT getvariable('campaign') AS campaign_id, * REPLACE (
  getvariable('rules') ->> CAST(took_rule AS VARCHAR) AS took_rule,
  getvariable('rules') ->> CAST(gave_rule AS VARCHAR) AS gave_rule
)
FROM read_parquet(getvariable('file'));
