SELECT device_id, update_status, :values FROM report WHERE reason IS NULL ORDER BY row_no
