COPY (
  SELECT r.* FROM device_report r WHERE r.bucket BETWEEN :first AND :last ORDER BY r.bucket, r.campaign_id, r.device_id
) TO :file
