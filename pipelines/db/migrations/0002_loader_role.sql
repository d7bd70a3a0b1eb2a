-- The loaders read as a role that may see what can be published and nothing else. Roles belong to the whole server, so another
-- database may have made it; where the user may not make roles, the loaders say so and use a read-only transaction alone.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sentinel_loader') THEN
    CREATE ROLE sentinel_loader NOLOGIN;
  END IF;
  EXECUTE format('GRANT sentinel_loader TO %I', current_user);
EXCEPTION
  WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN
    RAISE NOTICE 'role sentinel_loader was not made by %: %', current_user, SQLERRM;
END $$;

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'sentinel_loader') THEN
    GRANT SELECT ON
      campaign, current_campaign, device_report, import_reject, fault_ledger, recovery_actions, triage_queue,
      batch_ledger, validation_result, device_status, ota_logs
    TO sentinel_loader;
    GRANT SELECT (run_id, campaign_id, stage, options, version, started_at, finished_at, result) ON run TO sentinel_loader;
  END IF;
END $$;
