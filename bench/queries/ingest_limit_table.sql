CREATE TABLE bench_ingest (LIKE device_report INCLUDING ALL)
