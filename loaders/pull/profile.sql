COPY (
  SELECT profile_no, region, model, firmware_from
  FROM device_profile
  WHERE campaign_id = :campaign
) TO STDOUT
