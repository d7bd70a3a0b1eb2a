-- As open_of_run.sql; a run that failed did not name its campaign, and does not now.
CREATE OR REPLACE TEMP VIEW archived AS
SELECT CASE names_campaign WHEN 1 THEN getvariable('campaign') END AS campaign_id,
  * EXCLUDE (names_campaign) REPLACE (coalesce(getvariable('runs') ->> run_id, run_id) AS run_id)
FROM read_parquet(getvariable('file'));
