COPY (
  SELECT r.* FROM stored_report r WHERE r.bucket BETWEEN :first AND :last ORDER BY r.bucket, r.device_id
) TO :file
