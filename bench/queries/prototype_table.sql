CREATE TABLE bench_prototype (LIKE device_report, PRIMARY KEY (device_id))
