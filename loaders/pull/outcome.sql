COPY (
  SELECT outcome_no, firmware_reported, last_stage, error_code, update_status, counted_status
  FROM update_outcome
  WHERE campaign_id = :campaign
) TO STDOUT
