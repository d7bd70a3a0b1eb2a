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
