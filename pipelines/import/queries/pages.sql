-- Where the pages end in which the rows are handed over: neighbouring rows of about two megabytes together, and of 512 rows at least.
WITH few AS (
  SELECT max(row_no) AS until, sum(size) AS size FROM report GROUP BY (row_no - 1) // 512
), placed AS (
  SELECT until, sum(size) OVER (ORDER BY until) // 2000000 AS page FROM few
)
SELECT max(until)::DOUBLE AS until FROM placed GROUP BY page ORDER BY until
