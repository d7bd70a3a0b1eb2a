CREATE TABLE bench_narrow (LIKE stored_report, update_status text NOT NULL, PRIMARY KEY (bucket, device_id))
  WITH (fillfactor = 70);
CREATE TABLE bench_narrow_audit (LIKE decision)
