-- model: error_pareto
-- question: Which errors stopped most updates, and what do they mean?
-- grain: one row an error code of devices that failed
-- order: rank, error_code
-- columns:
--   error_code        VARCHAR  Error code; '(none)' where a failed device reports none.
--   failures          INTEGER  Failed devices that reported the code.
--   share             DOUBLE   Share of all failures, 0 to 1.
--   cumulative_share  DOUBLE   Share of this code and all before it, 0 to 1.
--   rank              INTEGER  RANK by failures, 1 is the most frequent.
--   share_low         DOUBLE   Lower 95 % Wilson bound of share, 0 to 1.
--   share_high        DOUBLE   Upper 95 % Wilson bound of share, 0 to 1.
--   meaning           VARCHAR  What it means, at each stage where it came another thing, the most frequent first; NULL where the reference lacks it.
--   source            VARCHAR  Where the code comes from, for example LwM2M object 5; NULL where meaning is.
--   look_at           VARCHAR  Where to look for the cause first, the most frequent first: device, link, package or server; NULL where meaning is.
CREATE TABLE error_pareto AS
WITH meant AS (
  SELECT error_code, meaning, source, sum(failures) AS failures FROM int_error GROUP BY error_code, meaning, source
), blamed AS (
  SELECT error_code, look_at, sum(failures) AS failures FROM int_error GROUP BY error_code, look_at
), counted AS (
  SELECT
    error_code,
    sum(failures)::BIGINT AS failures,
    string_agg(meaning, '; ' ORDER BY failures DESC, meaning) AS meaning,
    min(source) AS source
  FROM meant
  GROUP BY error_code
), places AS (
  SELECT error_code, string_agg(look_at, ', ' ORDER BY failures DESC, look_at) AS look_at FROM blamed GROUP BY error_code
)
SELECT
  c.error_code,
  c.failures::INTEGER AS failures,
  rate_of(c.failures, sum(c.failures) OVER ()) AS share,
  rate_of(
    sum(c.failures) OVER (ORDER BY c.failures DESC, c.error_code ROWS UNBOUNDED PRECEDING), sum(c.failures) OVER ()
  ) AS cumulative_share,
  rank() OVER (ORDER BY c.failures DESC)::INTEGER AS rank,
  wilson_low(c.failures, sum(c.failures) OVER ()) AS share_low,
  wilson_high(c.failures, sum(c.failures) OVER ()) AS share_high,
  c.meaning,
  c.source,
  p.look_at
FROM counted c
JOIN places p ON p.error_code = c.error_code
ORDER BY rank, c.error_code;
