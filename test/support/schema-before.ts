/** Takes back what migration 9 made. */
const WITHOUT_RULE_SETS = `
  DROP FUNCTION amend_by_rule;
  ALTER TABLE campaign DROP COLUMN rules;
  DELETE FROM sentinel_migration WHERE number >= 9`;

/** Takes back what migration 7 made. */
const WITHOUT_RULES = `
  DROP VIEW recovery_actions;
  ALTER TABLE decision_rule DROP COLUMN backoff_base_minutes, DROP COLUMN backoff_cap_minutes, DROP COLUMN is_free, DROP COLUMN is_final;
  ALTER TABLE decision_rule ADD UNIQUE NULLS NOT DISTINCT (action, policy, policy_version, policy_rule);
  DELETE FROM sentinel_migration WHERE number >= 7`;

/** Makes the schema of a database what migration 5 left, as far as it matters to what came later. */
export const BEFORE_TRIAGE = `
  ${WITHOUT_RULE_SETS};
  ${WITHOUT_RULES};
  DROP FUNCTION quarantine_again;
  DROP VIEW ota_telemetry, judged_report, device_amendment;
  DROP TABLE telemetry_amendment, triage_decision;
  ALTER TABLE triage_queue DROP COLUMN version, DROP CONSTRAINT triage_queue_state_check;
  ALTER TABLE triage_queue ADD CONSTRAINT triage_queue_state_check CHECK (state IN ('open', 'released'));
  REVOKE SELECT (bucket, campaign_id, device_id, state) ON triage_queue FROM sentinel_writer;
  DELETE FROM sentinel_migration WHERE number >= 6`;
