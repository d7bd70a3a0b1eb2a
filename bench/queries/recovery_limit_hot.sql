SELECT n_tup_upd::float8 AS updates, n_tup_hot_upd::float8 AS hot
FROM pg_stat_user_tables
WHERE relname = 'bench_update'
