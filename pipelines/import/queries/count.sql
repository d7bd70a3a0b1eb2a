SELECT
  count(*)::INTEGER AS rows,
  count(*) FILTER (reason IS NULL)::INTEGER AS devices,
  count(reason)::INTEGER AS rejects
FROM report
