-- model: int_device
-- question: What became of each device, and what can be trusted of its telemetry?
-- grain: one row a device; a view, for questions that the marts do not answer
-- columns:
--   device_id        VARCHAR  The device.
--   region           VARCHAR  Region; '(none)' where the device reports none.
--   model            VARCHAR  Device model; '(none)' where the device reports none.
--   firmware_from    VARCHAR  Version before the rollout; '(none)' where the device reports none.
--   reached          INTEGER  Ordinal of the last stage reached; NULL where the report does not say, or says SUCCEEDED of a failure.
--   error_code       VARCHAR  Error code; '(none)' where the device reports none.
--   failed           BOOLEAN  Whether the device counts as Partial.
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
  CASE WHEN b.rule_id IS NULL THEN number_of(d.battery_voltage) END AS battery_voltage,
  CASE WHEN s.rule_id IS NULL THEN number_of(d.signal_strength) END AS signal_strength,
  CASE WHEN m.rule_id IS NULL THEN number_of(d.storage_free_mb) END AS storage_free_mb,
  b.rule_id AS battery_finding,
  s.rule_id AS signal_finding,
  m.rule_id AS storage_finding,
  b.raw AS battery_raw,
  s.raw AS signal_raw,
  m.raw AS storage_raw
FROM stg_device d
JOIN int_cohort c
  ON c.profile_no = d.profile_no AND c.outcome_no = d.outcome_no AND c.rule_no IS NOT DISTINCT FROM d.rule_no
LEFT JOIN int_finding b ON b.device_id = d.device_id AND b.field = 'battery_voltage'
LEFT JOIN int_finding s ON s.device_id = d.device_id AND s.field = 'signal_strength'
LEFT JOIN int_finding m ON m.device_id = d.device_id AND m.field = 'storage_free_mb';
