-- The last statement fails where the role exists (roles belong to the whole server) but has no rights in this database.
SET LOCAL ROLE sentinel_loader;
SELECT campaign_id FROM campaign LIMIT 0;
