CREATE TABLE bench_ingest (LIKE stored_report INCLUDING ALL) WITH (fillfactor = 96)
