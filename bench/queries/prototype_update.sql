UPDATE bench_prototype SET update_status = 'Recovered' WHERE device_id = $1
