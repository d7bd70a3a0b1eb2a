-- model: bottleneck_ranking
-- question: Which region is worst at each stage, and how sure are we?
-- grain: one row a stage and region that has devices at risk there
-- order: stage in its order, then row_number
-- columns:
--   stage                    VARCHAR  Stage where the update stopped.
--   stage_ordinal            INTEGER  Place of the stage, from 1.
--   region                   VARCHAR  Region; '(none)' where the device reports none.
--   at_risk                  INTEGER  Devices of the region that reached the stage.
--   failures                 INTEGER  Devices at risk that failed with this as their last stage.
--   rate                     DOUBLE   failures / at_risk, 0 to 1.
--   rate_low                 DOUBLE   Lower 95 % Wilson bound of rate, 0 to 1.
--   rate_high                DOUBLE   Upper 95 % Wilson bound of rate, 0 to 1.
--   rank                     INTEGER  RANK by rate within the stage, 1 is the highest rate.
--   dense_rank               INTEGER  DENSE_RANK by rate within the stage.
--   row_number               INTEGER  ROW_NUMBER by rate, then region, within the stage.
--   rank_low                 INTEGER  Lowest rank number it may hold: 1 + regions of the stage whose joint interval lies above its own.
--   rank_high                INTEGER  Highest rank number it may hold: regions of the stage whose joint interval does not lie below its own.
--   tied                     BOOLEAN  Whether another region of the stage has the same rate.
--   share_of_stage_failures  DOUBLE   Share of the failures at the stage, 0 to 1; NULL where there are none.
--   joint_low                DOUBLE   Lower Wilson bound of rate, so wide that the intervals of all regions of the stage hold together with 95 %.
--   joint_high               DOUBLE   Upper bound of the same: with 95 %, every region of the stage has a rank from rank_low to rank_high.
CREATE TABLE bottleneck_ranking AS
WITH sized AS (
  SELECT *, joint_z(count(*) OVER (PARTITION BY stage)) AS z
  FROM int_region_stage
  WHERE at_risk > 0
), rated AS (
  SELECT
    stage, stage_ordinal, region, at_risk, failures,
    rate_of(failures, at_risk) AS rate,
    wilson_low(failures, at_risk) AS rate_low,
    wilson_high(failures, at_risk) AS rate_high,
    wilson_low_at(failures, at_risk, z) AS joint_low,
    wilson_high_at(failures, at_risk, z) AS joint_high
  FROM sized
), compared AS (
  -- Source: M. Klein, T. Wright and J. Wieczorek, Journal of the Royal Statistical Society C 69 (2020) 589-606.
  SELECT
    a.stage,
    a.region,
    1 + count(*) FILTER (b.joint_low > a.joint_high) AS rank_low,
    count(*) FILTER (b.joint_high >= a.joint_low) AS rank_high
  FROM rated a
  JOIN rated b ON b.stage = a.stage
  GROUP BY a.stage, a.region
)
SELECT
  r.stage,
  r.stage_ordinal,
  r.region,
  r.at_risk::INTEGER AS at_risk,
  r.failures::INTEGER AS failures,
  r.rate,
  r.rate_low,
  r.rate_high,
  rank() OVER by_rate::INTEGER AS rank,
  dense_rank() OVER by_rate::INTEGER AS dense_rank,
  row_number() OVER (PARTITION BY r.stage ORDER BY r.rate DESC, r.region)::INTEGER AS row_number,
  c.rank_low::INTEGER AS rank_low,
  c.rank_high::INTEGER AS rank_high,
  count(*) OVER (PARTITION BY r.stage, r.rate) > 1 AS tied,
  rate_of(r.failures, sum(r.failures) OVER (PARTITION BY r.stage)) AS share_of_stage_failures,
  r.joint_low,
  r.joint_high
FROM rated r
JOIN compared c ON c.stage = r.stage AND c.region = r.region
WINDOW by_rate AS (PARTITION BY r.stage ORDER BY r.rate DESC)
ORDER BY r.stage_ordinal, row_number;
