-- model: triage_open
-- question: What must a person do?
-- grain: one row a device with an open row in the triage queue
-- order: device_id
-- columns:
--   device_id       VARCHAR  The device.
--   region          VARCHAR  Region; '(none)' where the device reports none.
--   model           VARCHAR  Device model; '(none)' where the device reports none.
--   firmware_from   VARCHAR  Version before the rollout; '(none)' where the device reports none.
--   last_stage      VARCHAR  Last step of the update, as reported; NULL where the device reports none.
--   error_code      VARCHAR  Error code; '(none)' where the device reports none.
--   severity        VARCHAR  Worst severity of the rules that it breaks: critical, warning or info.
--   rule_id         VARCHAR  First rule that the device breaks.
--   field           VARCHAR  Field that breaks it.
--   raw             VARCHAR  The value as received; NULL where none came; \x and hexadecimal where it is not text.
--   expected        VARCHAR  What would have been accepted, in words; NULL where the rule is no longer in the rule set.
--   proposed        VARCHAR  What rules propose, as JSON: a list of field, rule, from and to; NULL where they propose nothing.
--   is_enough       BOOLEAN  Whether no rule would find fault with the device then; NULL where they propose nothing.
--   raw_sha256      VARCHAR  SHA-256 of the bytes received, hexadecimal; NULL where none came.
--   findings        INTEGER  Rules that the device breaks.
--   version         INTEGER  Version of the place, which a decision names that is made on it.
--   attempt         INTEGER  Pass of recovery over the campaign, from 1.
--   quarantined_at  VARCHAR  When it was quarantined, ISO 8601, UTC.
CREATE TABLE triage_open AS
SELECT
  t.device_id,
  named(t.region) AS region,
  named(t.model) AS model,
  named(t.firmware_from) AS firmware_from,
  t.last_stage,
  named(t.error_code) AS error_code,
  s.severity,
  t.rule_id,
  t.field,
  coalesce(TRY(decode(unhex(t.raw_hex))), '\x' || t.raw_hex) AS raw,
  r.expected,
  p.proposed,
  p.is_enough,
  t.raw_sha256,
  t.findings,
  t.version,
  t.attempt,
  iso(t.quarantined_at) AS quarantined_at
FROM stg_triage t
JOIN int_triage s ON s.device_id = t.device_id
LEFT JOIN int_proposal p ON p.device_id = t.device_id
LEFT JOIN ref_rule r ON r.rule_id = t.rule_id
WHERE t.state = 'open'
ORDER BY t.device_id;
