-- model: int_device
-- question: What became of each device, and which rules do its readings break?
-- grain: one row a device
-- columns:
--   device_id        VARCHAR  The device.
--   region           VARCHAR  Region; '(none)' where the device reports none.
--   model            VARCHAR  Device model; '(none)' where the device reports none.
--   firmware_from    VARCHAR  Version before the rollout; '(none)' where the device reports none.
--   error_code       VARCHAR  Error code; '(none)' where the device reports none.
--   failed           BOOLEAN  Whether the device reported Partial.
--   update_status    VARCHAR  Success, Partial, Recovered or Quarantined: what follows from report and decisions.
--   action           VARCHAR  RETRY_UPDATE, FORCE_ROLLBACK or MANUAL_TRIAGE; NULL where nothing was decided.
--   policy_rule      VARCHAR  Policy rule that chose the action; NULL where none did.
--   reached          INTEGER  Ordinal of the last stage reached; NULL where the report does not say.
--   battery_finding  VARCHAR  First rule that battery_voltage breaks; NULL where it breaks none or is not reported at all.
--   signal_finding   VARCHAR  The same of signal_strength.
--   storage_finding  VARCHAR  The same of storage_free_mb.
CREATE TABLE int_device AS
SELECT
  d.device_id,
  named(d.region) AS region,
  named(d.model) AS model,
  named(d.firmware_from) AS firmware_from,
  named(d.error_code) AS error_code,
  d.reported_status = 'Partial' AS failed,
  CASE
    WHEN a.device_id IS NOT NULL THEN 'Recovered'
    WHEN t.device_id IS NOT NULL THEN 'Quarantined'
    ELSE d.reported_status
  END AS update_status,
  CASE WHEN a.device_id IS NOT NULL THEN a.action WHEN t.device_id IS NOT NULL THEN 'MANUAL_TRIAGE' END AS action,
  a.policy_rule,
  CASE
    WHEN NOT list_contains(c.reported_columns, 'last_stage') THEN NULL
    WHEN d.reported_status = 'Success' THEN (SELECT max(ordinal) FROM ref_stage)
    ELSE s.ordinal
  END AS reached,
  CASE WHEN list_contains(c.reported_columns, 'battery_voltage') THEN finding_battery_voltage(d.battery_voltage) END
    AS battery_finding,
  CASE WHEN list_contains(c.reported_columns, 'signal_strength') THEN finding_signal_strength(d.signal_strength) END
    AS signal_finding,
  CASE WHEN list_contains(c.reported_columns, 'storage_free_mb') THEN finding_storage_free_mb(d.storage_free_mb) END
    AS storage_finding
FROM stg_device d
CROSS JOIN stg_campaign c
LEFT JOIN ref_stage s ON s.stage = d.last_stage
LEFT JOIN stg_action a ON a.device_id = d.device_id
LEFT JOIN stg_triage t ON t.device_id = d.device_id AND t.state = 'open';
