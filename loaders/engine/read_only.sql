-- A reader reaches no file but the one, or those in the one folder, that it was told to write, if any.
SET allowed_paths = CASE WHEN getvariable('target') IS NULL THEN [] ELSE [getvariable('target')] END;
SET allowed_directories = CASE WHEN getvariable('folder') IS NULL THEN [] ELSE [getvariable('folder')] END;
SET enable_external_access = false;
SET lock_configuration = true;
