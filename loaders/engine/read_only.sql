-- A reader reaches no file but those in the one folder that it was told to write into, if any.
SET allowed_directories = CASE WHEN getvariable('folder') IS NULL THEN [] ELSE [getvariable('folder')] END;
SET enable_external_access = false;
SET lock_configuration = true;
