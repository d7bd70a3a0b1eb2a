COPY (
  SELECT campaign_id, name, title, owner, source, source_file, source_sha256, firmware_to, seed, device_count,
    rejected_count, batch_size, array_to_json(reported_columns), fault_rate, fault_profile, fault_seed, created_at
  FROM campaign
  WHERE campaign_id = :campaign
) TO STDOUT
