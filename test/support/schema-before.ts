/** Takes back what migration 10 made. */
const WITHOUT_CHAOS = `
  REVOKE SELECT (attempts, reported_at, profile_no), UPDATE (attempts, reported_at, profile_no, outcome_no) ON stored_report FROM sentinel_writer;
  REVOKE INSERT ON device_profile, update_outcome FROM sentinel_writer;
  DELETE FROM sentinel_migration WHERE number >= 10`;

/** Takes back what migration 9 made. */
const WITHOUT_RULE_SETS = `
  ${WITHOUT_CHAOS};
  DROP FUNCTION amend_by_rule;
  ALTER TABLE campaign DROP COLUMN rules;
  DELETE FROM sentinel_migration WHERE number >= 9`;

/** Takes back what migration 8 made. */
export const BEFORE_CONTRADICTIONS = `
  ${WITHOUT_RULE_SETS};
  DO $$ BEGIN
    EXECUTE 'CREATE OR REPLACE VIEW device_status AS ' || replace(pg_get_viewdef('device_status'), 'counted_status', 'update_status');
  END $$;
  DROP FUNCTION count_contradictions, version_said;
  ALTER TABLE update_outcome DROP COLUMN counted_status;
  ALTER TABLE campaign DROP COLUMN counts_contradictions;
  DELETE FROM sentinel_migration WHERE number >= 8`;

/** Takes back what migration 7 made. */
const WITHOUT_RULES = `
  ${BEFORE_CONTRADICTIONS};
  DROP VIEW recovery_actions;
  ALTER TABLE decision_rule DROP COLUMN backoff_base_minutes, DROP COLUMN backoff_cap_minutes, DROP COLUMN is_free, DROP COLUMN is_final;
  ALTER TABLE decision_rule ADD UNIQUE NULLS NOT DISTINCT (action, policy, policy_version, policy_rule);
  DELETE FROM sentinel_migration WHERE number >= 7`;

/** Makes the schema of a database what migration 5 left, as far as it matters to what came later. */
export const BEFORE_TRIAGE = `
  ${WITHOUT_RULES};
  DROP FUNCTION quarantine_again;
  DROP VIEW ota_telemetry, judged_report, device_amendment;
  DROP TABLE telemetry_amendment, triage_decision;
  ALTER TABLE triage_queue DROP COLUMN version, DROP CONSTRAINT triage_queue_state_check;
  ALTER TABLE triage_queue ADD CONSTRAINT triage_queue_state_check CHECK (state IN ('open', 'released'));
  REVOKE SELECT (bucket, campaign_id, device_id, state) ON triage_queue FROM sentinel_writer;
  DELETE FROM sentinel_migration WHERE number >= 6`;
