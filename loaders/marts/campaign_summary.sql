-- model: campaign_summary
-- question: Are we recovered, and what is left?
-- grain: one row
-- order: campaign
-- columns:
--   campaign         VARCHAR  What --campaign names it by.
--   title            VARCHAR  What a person reads as the name of the rollout.
--   owner            VARCHAR  Who answers for a generated rollout (an invented person); NULL for an import.
--   source           VARCHAR  generated or imported.
--   source_file      VARCHAR  Name, without folder, of the imported file; NULL for a generated fleet.
--   seed             VARCHAR  Seed of the campaign: text, since it may exceed what a JSON number holds.
--   firmware_to      VARCHAR  Version that the rollout installs; NULL where an import does not say.
--   devices          INTEGER  Devices stored.
--   rejected         INTEGER  Rows of the imported file that could not be stored.
--   fault_rate       DOUBLE   Share of devices corrupted on purpose, 0 to 1; NULL until corrupt has run.
--   fault_profile    VARCHAR  Chaos profile that corrupt used; NULL until it has run.
--   rules            VARCHAR  Rule set that judged the campaign, by the name that it has in its file.
--   rules_version    INTEGER  Version of that rule set.
--   success          INTEGER  Devices whose status is Success.
--   partial          INTEGER  Devices whose status is still Partial: nothing was decided yet.
--   recovered        INTEGER  Devices that recovery decided.
--   quarantined      INTEGER  Devices that are held back for a person.
--   failed           INTEGER  Devices that reported Partial, or a success that is contradicted, whatever followed.
--   contradicted     INTEGER  Of these, devices that reported success but another version than the one to be installed.
--   failure_rate     DOUBLE   failed / devices, 0 to 1; NULL without devices.
--   recovery_rate    DOUBLE   recovered / failed, 0 to 1; NULL without failures.
--   triage_open      INTEGER  Open rows of the triage queue.
--   injected_faults  INTEGER  Faults injected on purpose.
--   found_faults     INTEGER  Injected faults on whose field a rule finds fault; a false success is found by what it counts as.
--   checks_passed    INTEGER  Invariants that validate found to hold; 0 until it has run.
--   checks_total     INTEGER  Invariants that validate looked at; 0 until it has run.
--   snapshot_id      VARCHAR  Identifies the rows that were pulled, the rules and the SQL that reads them, hexadecimal.
--   taken_at         VARCHAR  Latest moment that the data knows of, ISO 8601, UTC.
--   version          VARCHAR  Version of Sentinel OTA that ran last over the campaign; NULL where none did.
CREATE TABLE campaign_summary AS
WITH fleet AS (
  SELECT
    coalesce(sum(devices), 0)::INTEGER AS devices,
    coalesce(sum(devices) FILTER (update_status = 'Success'), 0)::INTEGER AS success,
    coalesce(sum(devices) FILTER (update_status = 'Partial'), 0)::INTEGER AS "partial",
    coalesce(sum(devices) FILTER (update_status = 'Recovered'), 0)::INTEGER AS recovered,
    coalesce(sum(devices) FILTER (update_status = 'Quarantined'), 0)::INTEGER AS quarantined,
    coalesce(sum(devices) FILTER (failed), 0)::INTEGER AS failed,
    coalesce(sum(devices) FILTER (contradicted), 0)::INTEGER AS contradicted
  FROM int_cohort
), fault AS (
  SELECT
    (SELECT count(*) FROM stg_fault)::INTEGER AS injected,
    (SELECT coalesce(sum(found), 0) FROM fault_detection)::INTEGER AS found
), validation AS (
  SELECT count(*) FILTER (passed)::INTEGER AS passed, count(*)::INTEGER AS total FROM stg_validation
)
SELECT
  c.campaign,
  c.title,
  c.owner,
  c.source,
  c.source_file,
  c.seed::VARCHAR AS seed,
  c.firmware_to,
  d.devices,
  c.rejected_count::INTEGER AS rejected,
  c.fault_rate,
  c.fault_profile,
  k.name AS rules,
  k.version AS rules_version,
  d.success,
  d."partial",
  d.recovered,
  d.quarantined,
  d.failed,
  d.contradicted,
  rate_of(d.failed, d.devices) AS failure_rate,
  rate_of(d.recovered, d.failed) AS recovery_rate,
  (SELECT count(*)::INTEGER FROM stg_triage WHERE state = 'open') AS triage_open,
  f.injected AS injected_faults,
  f.found AS found_faults,
  v.passed AS checks_passed,
  v.total AS checks_total,
  s.id AS snapshot_id,
  iso(s.taken_at) AS taken_at,
  (SELECT arg_max(version, (started_at, run_id)) FROM stg_run) AS version
FROM stg_campaign c, ref_rule_set k, fleet d, fault f, validation v, snapshot s;
