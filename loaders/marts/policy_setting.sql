-- model: policy_setting
-- question: Which policy decides, and can it be tried with its lines elsewhere?
-- grain: one row
-- order: policy
-- columns:
--   policy       VARCHAR  What --policy names it by: that of the recovery that was begun last; default where none was.
--   has_decided  BOOLEAN  Whether recovery has decided anything yet.
--   document     VARCHAR  The policy as JSON; the JSON value of nothing where there is none of that name any more.
--   reason       VARCHAR  Why it cannot be tried; NULL where it can.
CREATE TABLE policy_setting AS
SELECT
  p.file AS policy,
  (SELECT coalesce(bool_or(action IS NOT NULL), false) FROM int_cohort) AS has_decided,
  p.document,
  coalesce(p.reason, CASE
    WHEN EXISTS (FROM int_what_if) AND NOT EXISTS (FROM policy_base)
      THEN 'It asks of so many numbers together that the devices are too different to be counted for a page.'
  END) AS reason
FROM ref_policy p;
