SELECT column_name AS name, column_type AS type FROM (DESCRIBE FROM read_parquet(getvariable('file')));
