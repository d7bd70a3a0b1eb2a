SELECT row_no, reason, CASE WHEN strlen(device_id) <= 256 AND NOT contains(device_id, chr(0)) THEN kept(device_id) END AS device_id
FROM report
WHERE reason IS NOT NULL
ORDER BY row_no
