-- model: int_device
-- question: What became of each device, and what can be trusted of its telemetry?
-- grain: one row a device
-- columns:
--   device_id        VARCHAR  The device.
--   region           VARCHAR  Region; '(none)' where the device reports none.
--   model            VARCHAR  Device model; '(none)' where the device reports none.
--   firmware_from    VARCHAR  Version before the rollout; '(none)' where the device reports none.
--   reached          INTEGER  Ordinal of the last stage reached; NULL where the report does not say.
--   error_code       VARCHAR  Error code; '(none)' where the device reports none.
--   failed           BOOLEAN  Whether the device reported Partial.
--   update_status    VARCHAR  Success, Partial, Recovered or Quarantined: what follows from report and decisions.
--   action           VARCHAR  RETRY_UPDATE, FORCE_ROLLBACK or MANUAL_TRIAGE; NULL where nothing was decided.
--   policy_rule      VARCHAR  Policy rule that chose the action; NULL where none did.
--   in_triage        BOOLEAN  Whether the triage queue has an open row of the device.
--   battery_voltage  DOUBLE   Volts; NULL where the value breaks a rule or was not reported.
--   signal_strength  DOUBLE   Percent; NULL where the value breaks a rule or was not reported.
--   storage_free_mb  DOUBLE   Megabytes; NULL where the value breaks a rule or was not reported.
--   battery_finding  VARCHAR  First rule that battery_voltage breaks; NULL where it breaks none or the source lacks the field.
--   signal_finding   VARCHAR  The same of signal_strength.
--   storage_finding  VARCHAR  The same of storage_free_mb.
--   battery_raw      VARCHAR  battery_voltage as reported, kept only where it breaks a rule.
--   signal_raw       VARCHAR  The same of signal_strength.
--   storage_raw      VARCHAR  The same of storage_free_mb.
CREATE TABLE int_device AS
WITH reported AS (
  SELECT
    list_contains(reported_columns, 'last_stage') AS stage,
    list_contains(reported_columns, 'battery_voltage') AS battery,
    list_contains(reported_columns, 'signal_strength') AS signal,
    list_contains(reported_columns, 'storage_free_mb') AS storage
  FROM stg_campaign
), judged AS (
  SELECT
    d.*,
    r.stage AS knows_stage,
    CASE WHEN r.battery THEN finding_battery_voltage(d.battery_voltage) END AS battery_finding,
    CASE WHEN r.signal THEN finding_signal_strength(d.signal_strength) END AS signal_finding,
    CASE WHEN r.storage THEN finding_storage_free_mb(d.storage_free_mb) END AS storage_finding
  FROM stg_device d
  CROSS JOIN reported r
)
SELECT
  d.device_id,
  named(d.region) AS region,
  named(d.model) AS model,
  named(d.firmware_from) AS firmware_from,
  CASE WHEN d.knows_stage THEN
    CASE d.reported_status WHEN 'Success' THEN (SELECT max(ordinal) FROM ref_stage) ELSE s.ordinal END
  END AS reached,
  named(d.error_code) AS error_code,
  d.reported_status = 'Partial' AS failed,
  CASE
    WHEN d.action IS NOT NULL THEN 'Recovered'
    WHEN d.in_triage THEN 'Quarantined'
    ELSE d.reported_status
  END AS update_status,
  CASE WHEN d.action IS NULL AND d.in_triage THEN 'MANUAL_TRIAGE' ELSE d.action END AS action,
  d.policy_rule,
  d.in_triage,
  CASE WHEN d.battery_finding IS NULL THEN number_of(d.battery_voltage) END AS battery_voltage,
  CASE WHEN d.signal_finding IS NULL THEN number_of(d.signal_strength) END AS signal_strength,
  CASE WHEN d.storage_finding IS NULL THEN number_of(d.storage_free_mb) END AS storage_free_mb,
  d.battery_finding,
  d.signal_finding,
  d.storage_finding,
  CASE WHEN d.battery_finding IS NOT NULL THEN d.battery_voltage END AS battery_raw,
  CASE WHEN d.signal_finding IS NOT NULL THEN d.signal_strength END AS signal_raw,
  CASE WHEN d.storage_finding IS NOT NULL THEN d.storage_free_mb END AS storage_raw
FROM judged d
LEFT JOIN ref_stage s ON s.stage = d.last_stage;
