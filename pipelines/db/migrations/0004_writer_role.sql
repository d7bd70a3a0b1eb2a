-- Workers write as a role that can add what they make and correct three telemetry columns: no DDL, no DELETE, no other table. Both roles are
-- made, and the user made a member of both, as far as that may be done: another database of the server may be making them at this moment, and
-- from PostgreSQL 16 on who makes a role may grant it to itself, but may not yet act as it. Where a role can't be had, its commands say so and
-- work as the connected user.
DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['sentinel_loader', 'sentinel_writer'] LOOP
    BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
        EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
      END IF;
    EXCEPTION
      WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN
        RAISE NOTICE 'role % was not made by %: %', wanted, current_user, SQLERRM;
    END;
    BEGIN
      -- Column set_option is there from 16 on; before, membership was enough.
      IF EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) AND NOT EXISTS (
        SELECT
        FROM pg_auth_members m
        JOIN pg_roles r ON r.oid = m.roleid AND r.rolname = wanted
        JOIN pg_roles u ON u.oid = m.member AND u.rolname = current_user
        WHERE coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)
      ) THEN
        EXECUTE format('GRANT %I TO %I', wanted, current_user);
      END IF;
    EXCEPTION
      WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN
        RAISE NOTICE 'role % was not granted to %: %', wanted, current_user, SQLERRM;
    END;
  END LOOP;
END $$;

DO $$
DECLARE
  c campaign;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sentinel_writer') THEN
    RETURN;
  END IF;
  GRANT SELECT (bucket, campaign_id, device_no, outcome_no, device_id, battery_voltage, signal_strength, storage_free_mb),
    UPDATE (battery_voltage, signal_strength, storage_free_mb)
    ON stored_report TO sentinel_writer;
  GRANT SELECT (campaign_id, outcome_no, update_status) ON update_outcome TO sentinel_writer;
  GRANT SELECT (bucket, campaign_id, device_no) ON decision TO sentinel_writer;
  GRANT INSERT, SELECT (device_id) ON fault_ledger TO sentinel_writer;
  GRANT INSERT ON triage_queue TO sentinel_writer;
  GRANT INSERT, SELECT (campaign_id, stage, pass, batch_no, rows) ON batch_ledger TO sentinel_writer;
  -- Batches are stored into a campaign's own partitions.
  FOR c IN SELECT * FROM campaign LOOP
    EXECUTE format(
      'GRANT INSERT, SELECT (bucket, device_no, device_id, outcome_no, battery_voltage, signal_strength, storage_free_mb)
       ON stored_report_%s TO sentinel_writer',
      c.campaign_id
    );
    EXECUTE format('GRANT INSERT ON decision_%s TO sentinel_writer', c.campaign_id);
  END LOOP;
END $$;
