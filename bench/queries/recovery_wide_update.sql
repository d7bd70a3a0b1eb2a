UPDATE bench_wide SET update_status = 'Recovered' WHERE update_status = 'Partial' AND bucket BETWEEN $1 AND $2
