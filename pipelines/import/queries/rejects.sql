SELECT row_no, kept(device_id) AS device_id FROM apart ORDER BY row_no
