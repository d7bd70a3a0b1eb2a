VACUUM (ANALYZE) bench_prototype
