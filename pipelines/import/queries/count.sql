-- Rows of the file: those that can be stored, the rejects, and earlier reports of a device whose latest is stored.
SELECT
  (SELECT count(*) FROM report)::INTEGER AS rows,
  count(reason)::INTEGER AS rejects,
  count(*) FILTER (reason IS NULL)::INTEGER AS earlier
FROM apart
