COPY (FROM query_table(getvariable('mart'))) TO (getvariable('target')) (FORMAT parquet, COMPRESSION zstd);
