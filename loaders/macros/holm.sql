-- Adds p_holm to a relation that has p_value: the p-value held against the whole family of tests. NULL stays out of the family.
-- Source: S. Holm, Scandinavian Journal of Statistics 6 (1979) 65-70.
CREATE MACRO holm(relation) AS TABLE
SELECT
  * EXCLUDE (place, family),
  CASE WHEN p_value IS NOT NULL THEN
    max(least(CAST(1 AS DOUBLE), (family - place + 1) * p_value)) OVER (ORDER BY place ROWS UNBOUNDED PRECEDING)
  END AS p_holm
FROM (
  SELECT *, row_number() OVER (ORDER BY p_value NULLS LAST) AS place, count(p_value) OVER () AS family
  FROM query_table(relation)
);
