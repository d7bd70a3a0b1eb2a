SELECT coalesce(n_tup_hot_upd::float8 / nullif(n_tup_upd, 0), 0) AS share FROM pg_stat_user_tables WHERE relname = $1
