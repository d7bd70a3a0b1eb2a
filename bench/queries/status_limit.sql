SELECT update_status, count(*) FROM bench_status GROUP BY update_status
