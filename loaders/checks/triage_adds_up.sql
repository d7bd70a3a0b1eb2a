-- model: triage_adds_up
-- question: Does every figure of the triage queue agree with the others?
-- grain: one row a figure that does not
-- columns:
--   what      VARCHAR  What was added up.
--   expected  BIGINT   Figure of the whole queue.
--   actual    BIGINT   Sum of its parts.
WITH queue AS (
  SELECT * FROM triage_standing WHERE scope = 'all'
), sums AS (
  SELECT 'standings' AS what, held::BIGINT AS expected, ("open" + waiting + recovered + rejected + repaired)::BIGINT AS actual
  FROM queue
  UNION ALL SELECT 'triage_open', "open", (SELECT count(*) FROM triage_open) FROM queue
  UNION ALL
  SELECT 'triage_open.is_enough', proposed, (SELECT count(*) FROM triage_open WHERE is_enough) FROM queue
  UNION ALL
  SELECT s.scope || ' ' || s.figure, s.expected, s.actual
  FROM (
    SELECT c.scope, 'held' AS figure, q.held::BIGINT AS expected,
      (SELECT coalesce(sum(p.held), 0)::BIGINT FROM triage_standing p WHERE p.scope = c.scope) AS actual
    FROM queue q, (VALUES ('rule'), ('region')) AS c (scope)
    UNION ALL
    SELECT c.scope, 'open', q."open"::BIGINT,
      (SELECT coalesce(sum(p."open"), 0)::BIGINT FROM triage_standing p WHERE p.scope = c.scope)
    FROM queue q, (VALUES ('rule'), ('region')) AS c (scope)
  ) s
)
FROM unequal('sums');
