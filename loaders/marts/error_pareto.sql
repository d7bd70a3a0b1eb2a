-- model: error_pareto
-- question: Which errors stopped most updates?
-- grain: one row an error code of devices that failed
-- order: rank, error_code
-- columns:
--   error_code        VARCHAR  Error code; '(none)' where a failed device reports none.
--   failures          INTEGER  Failed devices that reported the code.
--   share             DOUBLE   Share of all failures, 0 to 1.
--   cumulative_share  DOUBLE   Share of this code and all before it, 0 to 1.
--   rank              INTEGER  RANK by failures, 1 is the most frequent.
CREATE TABLE error_pareto AS
WITH counted AS (
  SELECT error_code, sum(devices)::BIGINT AS failures FROM int_cohort WHERE failed GROUP BY error_code
)
SELECT
  error_code,
  failures::INTEGER AS failures,
  rate_of(failures, sum(failures) OVER ()) AS share,
  rate_of(
    sum(failures) OVER (ORDER BY failures DESC, error_code ROWS UNBOUNDED PRECEDING), sum(failures) OVER ()
  ) AS cumulative_share,
  rank() OVER (ORDER BY failures DESC)::INTEGER AS rank
FROM counted
ORDER BY rank, error_code;
