FROM read_parquet(getvariable('file'));
