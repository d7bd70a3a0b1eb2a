VACUUM (ANALYZE) bench_update, bench_audit
