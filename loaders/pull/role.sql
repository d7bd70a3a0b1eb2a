-- Nodes of Citus talk to each other as the role that is acted as.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_extension e WHERE e.extname = 'citus')
    AND EXISTS (SELECT FROM pg_roles r WHERE r.rolname = 'sentinel_loader' AND NOT r.rolcanlogin) THEN
    RAISE EXCEPTION 'nodes of Citus can''t log in as it' USING ERRCODE = 'insufficient_privilege';
  END IF;
END $$;
-- The last statement fails where the role exists (roles belong to the whole server) but has no rights in this database.
SET LOCAL ROLE sentinel_loader;
SELECT campaign_id FROM campaign LIMIT 0;
