-- Adds p_holm to a relation that has p_value: the p-value held against the whole family of tests, which is all rows unless a column or a tuple of
-- them tells families apart. NULL stays out of the family. Source: S. Holm, Scandinavian Journal of Statistics 6 (1979) 65-70.
CREATE MACRO holm(relation, family := 1) AS TABLE
SELECT
  * EXCLUDE (place, members),
  CASE WHEN p_value IS NOT NULL THEN
    max(least(CAST(1 AS DOUBLE), (members - place + 1) * p_value))
      OVER (PARTITION BY family ORDER BY place ROWS UNBOUNDED PRECEDING)
  END AS p_holm
FROM (
  SELECT
    *,
    row_number() OVER (PARTITION BY family ORDER BY p_value NULLS LAST) AS place,
    count(p_value) OVER (PARTITION BY family) AS members
  FROM query_table(relation)
);
