COPY (
  SELECT profile_no, region, model, hardware, firmware_from, firmware_to
  FROM device_profile
  WHERE campaign_id = :campaign
) TO STDOUT
