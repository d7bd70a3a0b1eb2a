-- model: roi_base
-- question: How many devices does the return of recovery rest on?
-- grain: one row
-- order: failed
-- columns:
--   failed            INTEGER  Devices that reported Partial, or a success that is contradicted, whatever followed.
--   retried           INTEGER  Of these, devices for which a retry was decided, by recovery or a person.
--   rolled_back       INTEGER  Devices for which a rollback was decided.
--   held              INTEGER  Devices that wait for a person.
--   undecided         INTEGER  Devices for which nothing was decided yet.
--   worked_by_person  INTEGER  Devices that a person has decided on or still has to: those ever held, but for those that a rule repaired by itself.
CREATE TABLE roi_base AS
SELECT
  coalesce(sum(devices) FILTER (failed), 0)::INTEGER AS failed,
  coalesce(sum(devices) FILTER (failed AND action = 'RETRY_UPDATE'), 0)::INTEGER AS retried,
  coalesce(sum(devices) FILTER (failed AND action = 'FORCE_ROLLBACK'), 0)::INTEGER AS rolled_back,
  coalesce(sum(devices) FILTER (failed AND update_status = 'Quarantined'), 0)::INTEGER AS held,
  coalesce(sum(devices) FILTER (failed AND action IS NULL), 0)::INTEGER AS undecided,
  (SELECT count(*)::INTEGER FROM int_triage WHERE standing <> 'repaired') AS worked_by_person
FROM int_cohort;
