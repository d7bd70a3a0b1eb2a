SELECT update_status, count(*) FROM bench_status_narrow GROUP BY update_status
