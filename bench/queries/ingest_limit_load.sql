COPY bench_ingest FROM :file
