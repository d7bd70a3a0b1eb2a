-- The engine reaches the one file that it was given, and its own scratch; nothing is fetched, and no setting changes any more. Times are
-- written in UTC.
SET TimeZone = 'UTC';
SET allowed_paths = [getvariable('file')];
SET enable_external_access = false;
SET lock_configuration = true;
