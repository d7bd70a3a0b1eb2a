/** Takes back what migration 8 made. */
export const BEFORE_CONTRADICTIONS = `
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
