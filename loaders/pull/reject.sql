COPY (
  SELECT row_no, reason, device_id
  FROM import_reject
  WHERE campaign_id = :campaign
) TO STDOUT
