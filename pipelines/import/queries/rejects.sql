SELECT
  s.row_no, a.reason,
  CASE WHEN strlen(device_id) <= 256 AND NOT contains(device_id, chr(0)) THEN kept(device_id) END AS device_id
FROM report s
JOIN apart a ON a.row_no = s.row_no AND a.reason IS NOT NULL
ORDER BY s.row_no
