UPDATE bench_corrupt SET battery_voltage = 'NaN' WHERE hashtext(device_id) & 65535 < 983
