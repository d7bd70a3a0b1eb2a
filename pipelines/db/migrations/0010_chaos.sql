-- Chaos can strike every field of a report. Workers change more columns, and add the rows of words that are corrupted; sound words stay as they are.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'sentinel_writer') THEN
    GRANT SELECT (attempts, reported_at, profile_no), UPDATE (attempts, reported_at, profile_no, outcome_no)
      ON stored_report TO sentinel_writer;
    GRANT INSERT ON device_profile, update_outcome TO sentinel_writer;
  END IF;
END $$;

COMMENT ON COLUMN fault_ledger.field IS 'Field that was corrupted.';
COMMENT ON COLUMN fault_ledger.kind IS 'What kind of fault it is; docs/chaos.md lists them.';
COMMENT ON COLUMN device_profile.profile_no IS 'Number of the combination; below 0 where chaos corrupted one of its words.';
COMMENT ON COLUMN update_outcome.outcome_no IS 'Number of the combination; below 0 where chaos corrupted one of its words.';
