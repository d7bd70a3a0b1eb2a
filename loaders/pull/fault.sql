COPY (
  SELECT device_id, field, kind, before_value, after_value
  FROM fault_ledger
  WHERE campaign_id = :campaign
) TO STDOUT
