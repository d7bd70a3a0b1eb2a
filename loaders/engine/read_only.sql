-- A reader reaches no file but the one that it was told to write, if any.
SET allowed_paths = CASE WHEN getvariable('target') IS NULL THEN [] ELSE [getvariable('target')] END;
SET enable_external_access = false;
SET lock_configuration = true;
