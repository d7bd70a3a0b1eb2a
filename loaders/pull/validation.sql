COPY (
  SELECT ordinal, check_name, promise, expected, actual, passed, query, checked_at
  FROM validation_result
  WHERE campaign_id = :campaign
) TO STDOUT
