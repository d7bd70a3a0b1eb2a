-- model: decisions_have_devices
-- question: Does every decision, open triage row and fault belong to a device of the campaign?
-- grain: one row a kind of row that does not
-- columns:
--   what      VARCHAR  Kind of row.
--   expected  BIGINT   Rows stored.
--   actual    BIGINT   Rows that belong to a device.
WITH sums AS (
  SELECT 'recovery_actions' AS what, (SELECT coalesce(sum(devices), 0)::BIGINT FROM stg_action) AS expected,
    (SELECT coalesce(sum(devices), 0)::BIGINT FROM int_cohort WHERE update_status = 'Recovered') AS actual
  UNION ALL
  SELECT 'triage_queue', (SELECT count(*) FROM stg_triage WHERE state = 'open'), (SELECT quarantined FROM campaign_summary)
  UNION ALL
  SELECT 'triage_open', (SELECT triage_open FROM campaign_summary), (SELECT count(*) FROM triage_open)
  UNION ALL
  SELECT 'fault_ledger', (SELECT count(*) FROM stg_fault),
    (SELECT count(*) FROM stg_fault f WHERE f.device_id IN (SELECT d.device_id FROM stg_device d))
)
FROM unequal('sums');
