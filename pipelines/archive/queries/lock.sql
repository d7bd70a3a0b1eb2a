-- No file can be reached but those that the variable names, and the spill; no setting changes any more.
SET allowed_paths = from_json(getvariable('paths'), '["VARCHAR"]');
SET enable_external_access = false;
SET lock_configuration = true;
