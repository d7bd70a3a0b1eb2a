SELECT update_status, count(*) FROM ota_logs GROUP BY update_status
