UPDATE bench_narrow SET update_status = 'Recovered' WHERE update_status = 'Partial' AND bucket BETWEEN $1 AND $2
