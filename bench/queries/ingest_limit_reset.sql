TRUNCATE bench_ingest;
ALTER TABLE bench_ingest DROP CONSTRAINT IF EXISTS bench_ingest_pkey
