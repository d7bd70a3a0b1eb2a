ALTER TABLE bench_ingest ADD PRIMARY KEY (bucket, device_id)
