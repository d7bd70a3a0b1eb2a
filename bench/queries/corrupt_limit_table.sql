CREATE TABLE bench_corrupt (LIKE stored_report INCLUDING ALL) WITH (fillfactor = 96)
