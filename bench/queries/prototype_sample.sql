SELECT device_id FROM bench_prototype WHERE update_status = 'Partial' AND bucket % $1 = $2 ORDER BY md5(device_id) LIMIT $3
