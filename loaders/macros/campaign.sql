-- The figures of a campaign that were pulled as text, as what they are; its words stay.
CREATE MACRO campaign_figures(relation) AS TABLE
SELECT * REPLACE (
  campaign_id::INTEGER AS campaign_id,
  seed::BIGINT AS seed,
  device_count::BIGINT AS device_count,
  batch_size::INTEGER AS batch_size,
  fault_rate::DOUBLE AS fault_rate,
  fault_seed::BIGINT AS fault_seed,
  created_at::TIMESTAMP AS created_at
)
FROM query_table(relation);
