-- The engine reaches the file that it was given and those it works with, and its own scratch; nothing is fetched, and no setting changes any more. Times are
-- written in UTC.
SET TimeZone = 'UTC';
SET allowed_paths = [getvariable('file'), getvariable('raw'), getvariable('keys')];
SET enable_external_access = false;
SET lock_configuration = true;
