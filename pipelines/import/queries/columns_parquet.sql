-- Names of the columns of the file.
SELECT column_name AS name
FROM (DESCRIBE FROM read_parquet(getvariable('file'), hive_partitioning = false))
