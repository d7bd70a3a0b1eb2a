-- model: ranks_start_at_one
-- question: Does each stage rank its regions from 1, every row once, within the ranks that its interval allows?
-- grain: one row a stage that does not
-- columns:
--   stage  VARCHAR  The stage.
WITH stages AS (
  SELECT
    stage,
    min(rank) = 1 AND min(dense_rank) = 1 AND min(row_number) = 1 AS starts,
    max(row_number) = count(*) AND count(DISTINCT row_number) = count(*) AS complete,
    bool_and(dense_rank <= rank AND rank <= row_number) AS ordered,
    bool_and(rank_low <= rank AND rank <= rank_high) AS compatible
  FROM bottleneck_ranking
  GROUP BY stage
)
SELECT stage FROM stages WHERE NOT (starts AND complete AND ordered AND compatible) ORDER BY stage;
