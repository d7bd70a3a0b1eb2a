-- model: int_device
-- question: What became of each device, and what can be trusted of its telemetry?
-- grain: one row a device; a view, for questions that the marts do not answer
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
--   battery_voltage  DOUBLE   Volts; NULL where the value breaks a rule or was not reported.
--   signal_strength  DOUBLE   Percent; NULL where the value breaks a rule or was not reported.
--   storage_free_mb  DOUBLE   Megabytes; NULL where the value breaks a rule or was not reported.
--   battery_finding  VARCHAR  First rule that battery_voltage breaks; NULL where it breaks none or the source lacks the field.
--   signal_finding   VARCHAR  The same of signal_strength.
--   storage_finding  VARCHAR  The same of storage_free_mb.
--   battery_raw      VARCHAR  battery_voltage as reported, kept only where it breaks a rule.
--   signal_raw       VARCHAR  The same of signal_strength.
--   storage_raw      VARCHAR  The same of storage_free_mb.
CREATE VIEW int_device AS
WITH judged AS (
  SELECT
    d.*,
    CASE WHEN list_contains(k.reported_columns, 'battery_voltage') THEN finding_battery_voltage(d.battery_voltage) END
      AS battery_finding,
    CASE WHEN list_contains(k.reported_columns, 'signal_strength') THEN finding_signal_strength(d.signal_strength) END
      AS signal_finding,
    CASE WHEN list_contains(k.reported_columns, 'storage_free_mb') THEN finding_storage_free_mb(d.storage_free_mb) END
      AS storage_finding
  FROM stg_device d
  CROSS JOIN stg_campaign k
)
SELECT
  d.device_id,
  c.region,
  c.model,
  c.firmware_from,
  c.reached,
  c.error_code,
  c.failed,
  c.update_status,
  c.action,
  c.policy_rule,
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
JOIN int_cohort c
  ON c.profile_no = d.profile_no AND c.outcome_no = d.outcome_no AND c.rule_no IS NOT DISTINCT FROM d.rule_no;
