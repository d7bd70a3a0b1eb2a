-- Rules and policies ask about all that a device reported, so workers read all of it, and the words that its numbers stand for.
DO $$
DECLARE
  c record;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sentinel_writer') THEN
    RETURN;
  END IF;
  REVOKE SELECT (campaign_id, outcome_no, update_status) ON update_outcome FROM sentinel_writer;
  GRANT SELECT ON device_profile, update_outcome TO sentinel_writer;
  FOR c IN SELECT * FROM campaign LOOP
    EXECUTE format('GRANT SELECT ON stored_report_%s TO sentinel_writer', c.campaign_id);
  END LOOP;
END $$;

-- What a line of a policy says beside its action.
ALTER TABLE decision_rule
  ADD COLUMN backoff_base_minutes double precision CHECK (backoff_base_minutes > 0),
  ADD COLUMN backoff_cap_minutes double precision CHECK (backoff_cap_minutes >= backoff_base_minutes),
  ADD COLUMN is_free boolean NOT NULL DEFAULT false,
  ADD COLUMN is_final boolean NOT NULL DEFAULT false,
  ADD CHECK ((backoff_base_minutes IS NULL) = (backoff_cap_minutes IS NULL)),
  DROP CONSTRAINT decision_rule_action_policy_policy_version_policy_rule_key,
  ADD UNIQUE NULLS NOT DISTINCT (
    action, policy, policy_version, policy_rule, backoff_base_minutes, backoff_cap_minutes, is_free, is_final
  );
COMMENT ON COLUMN decision_rule.backoff_base_minutes IS 'Of a retry that waits: minutes after the first attempt, doubled by each further one; NULL where it is at once.';
COMMENT ON COLUMN decision_rule.backoff_cap_minutes IS 'The longest wait, minutes.';
COMMENT ON COLUMN decision_rule.is_free IS 'Whether the retry does not count as an attempt, since the device never came to its turn.';
COMMENT ON COLUMN decision_rule.is_final IS 'Whether no update of this rollout is tried again.';

CREATE OR REPLACE VIEW recovery_actions AS
SELECT
  d.bucket, d.campaign_id, r.device_id, u.action, u.policy, u.policy_version, u.policy_rule,
  d.pass::int AS attempt, d.batch_no AS shard, b.worker, d.batch_no, b.started_at AS decided_at,
  CASE
    WHEN u.action = 'RETRY_UPDATE' THEN CASE WHEN u.backoff_base_minutes IS NULL THEN 'retry' ELSE 'defer' END
    WHEN u.is_final THEN 'never'
    ELSE 'rollback'
  END AS fate,
  CASE
    WHEN u.action <> 'RETRY_UPDATE' THEN NULL
    WHEN u.backoff_base_minutes IS NULL THEN 0
    -- Beyond 30 doublings every wait is at its cap.
    ELSE least(u.backoff_cap_minutes, u.backoff_base_minutes * 2 ^ least(30, greatest(0,
      CASE WHEN r.attempts ~ '^[0-9]+$' AND length(r.attempts) < 9 THEN r.attempts::int ELSE 1 END - 1)))
  END AS retry_after_minutes,
  CASE
    WHEN r.attempts ~ '^[0-9]+$' AND length(r.attempts) < 9
    THEN r.attempts::int + CASE WHEN u.action = 'RETRY_UPDATE' AND NOT u.is_free THEN 1 ELSE 0 END
  END AS attempts_after
FROM decision d
JOIN decision_rule u ON u.rule_no = d.rule_no AND u.action <> 'MANUAL_TRIAGE'
JOIN stored_report r ON r.bucket = d.bucket AND r.campaign_id = d.campaign_id AND r.device_no = d.device_no
LEFT JOIN batch_ledger b
  ON b.campaign_id = d.campaign_id AND b.stage = 'recover' AND b.pass = d.pass AND b.batch_no = d.batch_no;
COMMENT ON COLUMN recovery_actions.fate IS 'retry (at once), defer (later), rollback, or never (rolled back for good).';
COMMENT ON COLUMN recovery_actions.retry_after_minutes IS 'Minutes to wait before the retry, by the attempts so far; 0 at once; NULL where there is none.';
COMMENT ON COLUMN recovery_actions.attempts_after IS 'Attempts once the retry is made; one that is free does not count. NULL where the device did not report how many there were.';
