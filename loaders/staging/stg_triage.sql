-- model: stg_triage
-- question: What must a person look at, and what was decided already?
-- grain: one row a device that was quarantined
-- columns:
--   device_id       VARCHAR    The device.
--   region          VARCHAR    Region, as reported.
--   model           VARCHAR    Device model, as reported.
--   firmware_from   VARCHAR    Version before the rollout.
--   last_stage      VARCHAR    Last step of the update, as reported.
--   error_code      VARCHAR    Error code, as reported.
--   rule_id         VARCHAR    First rule that the device breaks.
--   rules_version   INTEGER    Version of the rule set.
--   field           VARCHAR    Field that breaks it.
--   raw_hex         VARCHAR    The value as received, byte by byte, hexadecimal; NULL where none came.
--   raw_sha256      VARCHAR    SHA-256 of those bytes, hexadecimal; NULL where none came.
--   findings        INTEGER    Rules that the device breaks.
--   rules           VARCHAR[]  Their ids.
--   state           VARCHAR    open until it is decided; released, and then recovery decides; rejected, and then the person has decided.
--   version         INTEGER    Counts what happened to the place, from 1.
--   rule_no         SMALLINT   What recovery decided since the device was released: row of stg_rule; NULL where it has not.
--   attempt         INTEGER    Pass of recovery over the campaign, from 1.
--   quarantined_at  TIMESTAMP  When its batch began to commit, UTC.
CREATE TABLE stg_triage AS
SELECT
  device_id,
  region,
  model,
  firmware_from,
  last_stage,
  error_code,
  rule_id,
  rules_version::INTEGER AS rules_version,
  field,
  raw_hex,
  raw_sha256,
  findings::INTEGER AS findings,
  from_json(rules, '["VARCHAR"]') AS rules,
  state,
  version::INTEGER AS version,
  rule_no::SMALLINT AS rule_no,
  attempt::INTEGER AS attempt,
  quarantined_at::TIMESTAMP AS quarantined_at
FROM pulled('triage', {
  'device_id': 'VARCHAR', 'region': 'VARCHAR', 'model': 'VARCHAR', 'firmware_from': 'VARCHAR', 'last_stage': 'VARCHAR',
  'error_code': 'VARCHAR', 'rule_id': 'VARCHAR', 'rules_version': 'VARCHAR', 'field': 'VARCHAR', 'raw_hex': 'VARCHAR',
  'raw_sha256': 'VARCHAR', 'findings': 'VARCHAR', 'rules': 'VARCHAR', 'state': 'VARCHAR', 'version': 'VARCHAR', 'rule_no': 'VARCHAR', 'attempt': 'VARCHAR',
  'quarantined_at': 'VARCHAR'
});
