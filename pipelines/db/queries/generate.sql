-- name: store
COPY stored_report_:campaign (
  bucket, campaign_id, device_no, profile_no, outcome_no, device_id, attempts, battery_voltage, signal_strength,
  storage_free_mb, reported_at
) FROM STDIN

-- name: store_profiles
COPY device_profile (campaign_id, profile_no, region, model, hardware, firmware_from, firmware_to) FROM STDIN

-- name: store_outcomes
COPY update_outcome (
  campaign_id, outcome_no, firmware_reported, last_stage, error_code, update_status, counted_status
) FROM STDIN

-- A join is planned by the statistics of the whole table, and without them by a guess that takes ten times as long. To renew them every partition of every
-- campaign is opened, before PostgreSQL 18 even read: a third of a second at 45 campaigns. So it waits until they are off by a tenth,
-- where the server counts rows: Citus does so at its nodes.
-- A small sample of the columns that are joined by does. As one message it is one transaction.
-- name: analyze
SET LOCAL default_statistics_target = 10;
DO $$
DECLARE
  part name;
BEGIN
  FOR part IN
    SELECT leaf.relname FROM pg_partition_tree('stored_report_:campaign') t JOIN pg_class leaf ON leaf.oid = t.relid WHERE t.isleaf
  LOOP
    EXECUTE format('ANALYZE %I (bucket, campaign_id, device_no, device_id, profile_no, outcome_no)', part);
  END LOOP;
  IF (
    SELECT abs(sum(leaf.reltuples) - whole.reltuples) > whole.reltuples / 10 OR whole.reltuples <= 0
    FROM pg_class whole
    CROSS JOIN pg_partition_tree(whole.oid) t
    JOIN pg_class leaf ON leaf.oid = t.relid AND t.isleaf AND leaf.reltuples >= 0
    WHERE whole.oid = 'stored_report'::regclass
    GROUP BY whole.reltuples
  ) IS NOT FALSE THEN
    IF current_setting('server_version_num')::int >= 180000 THEN
      EXECUTE 'ANALYZE ONLY stored_report (bucket, campaign_id, device_no, device_id, profile_no, outcome_no)';
    ELSE
      ANALYZE stored_report (bucket, campaign_id, device_no, device_id, profile_no, outcome_no);
    END IF;
  END IF;
END $$;
ANALYZE device_profile, update_outcome

-- name: profiles
SELECT region, model, hardware, firmware_from, firmware_to FROM device_profile WHERE campaign_id = $1 ORDER BY profile_no

-- name: outcomes
SELECT firmware_reported, last_stage, error_code, update_status, counted_status
FROM update_outcome
WHERE campaign_id = $1
ORDER BY outcome_no

-- name: contradicted
SELECT count(*)::float8 AS devices
FROM stored_report r
JOIN update_outcome o ON o.campaign_id = r.campaign_id AND o.outcome_no = r.outcome_no AND o.counted_status <> o.update_status
WHERE r.campaign_id = $1
