-- model: invariants
-- question: Is it proved that no device got lost?
-- grain: one row an invariant
-- order: ordinal, check_name
-- columns:
--   ordinal     INTEGER  Place in the list.
--   check_name  VARCHAR  Name of the invariant.
--   promise     VARCHAR  What is promised, in a sentence.
--   expected    VARCHAR  What must be found.
--   actual      VARCHAR  What was found.
--   passed      BOOLEAN  Whether they agree.
--   query       VARCHAR  SQL that anyone can run again in PostgreSQL; cut where many rules make it endless: validation_result has it whole.
--   checked_at  VARCHAR  When, ISO 8601, UTC.
CREATE TABLE invariants AS
SELECT
  ordinal,
  check_name,
  promise,
  expected,
  actual,
  passed,
  CASE
    WHEN length(query) > 10000
    THEN left(query, 10000) || chr(10) || '-- and ' || (length(query) - 10000) || ' characters more, in table validation_result'
    ELSE query
  END AS query,
  iso(checked_at) AS checked_at
FROM stg_validation
ORDER BY ordinal, check_name;
