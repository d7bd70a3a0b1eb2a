-- model: triage_work
-- question: What was decided in triage, day by day?
-- grain: one row a day, verb and kind of decider, zero rows left out
-- order: day, verb, decider
-- columns:
--   day        VARCHAR  The day, UTC, ISO 8601.
--   verb       VARCHAR  fix, accept, reject, release, or reopen, which takes back the one before.
--   decider    VARCHAR  person, or rule where one repaired the device by itself.
--   decisions  INTEGER  Decisions of the audit, also those that were taken back since.
CREATE TABLE triage_work AS
SELECT
  strftime(decided_at, '%Y-%m-%d') AS day,
  verb,
  CASE WHEN by_rule THEN 'rule' ELSE 'person' END AS decider,
  count(*)::INTEGER AS decisions
FROM stg_triage_decision
GROUP BY ALL
ORDER BY day, verb, decider;
