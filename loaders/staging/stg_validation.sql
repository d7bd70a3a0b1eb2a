-- model: stg_validation
-- question: What did validate find last?
-- grain: one row an invariant
-- columns:
--   ordinal     INTEGER    Place in the list.
--   check_name  VARCHAR    Name of the invariant.
--   promise     VARCHAR    What is promised, in a sentence.
--   expected    VARCHAR    What must be found.
--   actual      VARCHAR    What was found.
--   passed      BOOLEAN    Whether they agree.
--   query       VARCHAR    SQL that anyone can run again.
--   checked_at  TIMESTAMP  When, UTC.
CREATE TABLE stg_validation AS
SELECT
  ordinal::INTEGER AS ordinal,
  check_name,
  promise,
  expected,
  actual,
  passed::BOOLEAN AS passed,
  query,
  checked_at::TIMESTAMP AS checked_at
FROM pulled('validation', {
  'ordinal': 'VARCHAR', 'check_name': 'VARCHAR', 'promise': 'VARCHAR', 'expected': 'VARCHAR', 'actual': 'VARCHAR',
  'passed': 'VARCHAR', 'query': 'VARCHAR', 'checked_at': 'VARCHAR'
});
