-- Layout for large fleets. What a device reported is split by how it varies: words that many devices share are stored once for each
-- combination, and a report holds their numbers and its own values. A decision is six numbers. Reports and decisions have a partition a campaign.
-- The old tables live on as views with the same names and columns, so that queries keep working. Measured: docs/performance.md.

CREATE TABLE device_profile (
  campaign_id   int NOT NULL,
  profile_no    int NOT NULL,
  region        text,
  model         text,
  hardware      text,
  firmware_from text,
  firmware_to   text,
  PRIMARY KEY (campaign_id, profile_no)
);
COMMENT ON TABLE device_profile IS 'What devices are, in words that many of them share. Grain: one row a combination and campaign.';
COMMENT ON COLUMN device_profile.campaign_id IS 'The campaign.';
COMMENT ON COLUMN device_profile.profile_no IS 'Number of the combination, from 0.';
COMMENT ON COLUMN device_profile.region IS 'Region that the device is in.';
COMMENT ON COLUMN device_profile.model IS 'Device model.';
COMMENT ON COLUMN device_profile.hardware IS 'Hardware revision.';
COMMENT ON COLUMN device_profile.firmware_from IS 'Version before the rollout.';
COMMENT ON COLUMN device_profile.firmware_to IS 'Version that the rollout installs.';

CREATE TABLE update_outcome (
  campaign_id       int NOT NULL,
  outcome_no        int NOT NULL,
  firmware_reported text,
  last_stage        text,
  error_code        text,
  update_status     text NOT NULL CHECK (update_status IN ('Success', 'Partial')),
  PRIMARY KEY (campaign_id, outcome_no)
);
COMMENT ON TABLE update_outcome IS 'What became of updates, as reported, in words that many devices share. Grain: one row a combination and campaign.';
COMMENT ON COLUMN update_outcome.campaign_id IS 'The campaign.';
COMMENT ON COLUMN update_outcome.outcome_no IS 'Number of the combination, from 0.';
COMMENT ON COLUMN update_outcome.firmware_reported IS 'Version that the device says it runs.';
COMMENT ON COLUMN update_outcome.last_stage IS 'Last step of the update that the device reached, QUEUED to SUCCEEDED.';
COMMENT ON COLUMN update_outcome.error_code IS 'Code in data/errors.csv; NULL where the update succeeded.';
COMMENT ON COLUMN update_outcome.update_status IS 'Success or Partial, as reported.';

CREATE TABLE stored_report (
  bucket          int NOT NULL,
  campaign_id     int NOT NULL,
  device_no       int NOT NULL,
  profile_no      int NOT NULL,
  outcome_no      int NOT NULL,
  device_id       text COLLATE "C" NOT NULL,
  attempts        text,
  battery_voltage text,
  signal_strength text,
  storage_free_mb text,
  reported_at     text
) PARTITION BY LIST (campaign_id);
COMMENT ON TABLE stored_report IS 'Reports as they are stored; device_report shows them in words. Each partition gets the primary key (bucket, device_id) once it is whole. Grain: one row a device and campaign.';
COMMENT ON COLUMN stored_report.bucket IS 'Stable hash slot of device_id, 0 to 1023.';
COMMENT ON COLUMN stored_report.campaign_id IS 'The campaign.';
COMMENT ON COLUMN stored_report.device_no IS 'Place of the device in the order in which the campaign was stored, from 0; its batch is device_no / batch_size.';
COMMENT ON COLUMN stored_report.profile_no IS 'What the device is: row of device_profile.';
COMMENT ON COLUMN stored_report.outcome_no IS 'What became of its update: row of update_outcome.';
COMMENT ON COLUMN stored_report.device_id IS 'The device, for example DEV-1a2b3c4d.';
COMMENT ON COLUMN stored_report.attempts IS 'Update attempts so far, as reported.';
COMMENT ON COLUMN stored_report.battery_voltage IS 'Volts, as reported: text, valid or not.';
COMMENT ON COLUMN stored_report.signal_strength IS 'Percent, as reported: text, valid or not.';
COMMENT ON COLUMN stored_report.storage_free_mb IS 'Free storage in megabytes, as reported: text, valid or not.';
COMMENT ON COLUMN stored_report.reported_at IS 'When the device reported, ISO 8601, as reported.';

CREATE TABLE decision_rule (
  rule_no        smallint PRIMARY KEY,
  action         text NOT NULL CHECK (action IN ('RETRY_UPDATE', 'FORCE_ROLLBACK', 'MANUAL_TRIAGE')),
  update_status  text NOT NULL CHECK (update_status = CASE action WHEN 'MANUAL_TRIAGE' THEN 'Quarantined' ELSE 'Recovered' END),
  policy         text,
  policy_version int,
  policy_rule    text,
  CHECK ((action = 'MANUAL_TRIAGE') = (policy IS NULL)),
  UNIQUE NULLS NOT DISTINCT (action, policy, policy_version, policy_rule)
);
COMMENT ON TABLE decision_rule IS 'What recovery can decide, and by which rule of which policy. Grain: one row a rule, and one for quarantine.';
COMMENT ON COLUMN decision_rule.rule_no IS 'Its number; 0 is quarantine.';
COMMENT ON COLUMN decision_rule.action IS 'RETRY_UPDATE, FORCE_ROLLBACK or MANUAL_TRIAGE.';
COMMENT ON COLUMN decision_rule.update_status IS 'What the device is then: Recovered or Quarantined.';
COMMENT ON COLUMN decision_rule.policy IS 'Policy that decides; NULL for quarantine, which follows from a finding alone.';
COMMENT ON COLUMN decision_rule.policy_version IS 'Its version.';
COMMENT ON COLUMN decision_rule.policy_rule IS 'Rule of the policy that matches first.';
INSERT INTO decision_rule VALUES (0, 'MANUAL_TRIAGE', 'Quarantined', NULL, NULL, NULL);

CREATE TABLE decision (
  bucket      int NOT NULL,
  campaign_id int NOT NULL,
  device_no   int NOT NULL,
  rule_no     smallint NOT NULL,
  pass        smallint NOT NULL,
  batch_no    int NOT NULL
) PARTITION BY LIST (campaign_id);
COMMENT ON TABLE decision IS 'The one terminal outcome of each Partial device: a recovery action, or quarantine for as long as its place in the triage queue is open. Each partition gets the primary key (bucket, device_no) once its first pass is complete. Grain: one row at most a device and campaign.';
COMMENT ON COLUMN decision.bucket IS 'Stable hash slot of device_id, 0 to 1023.';
COMMENT ON COLUMN decision.campaign_id IS 'The campaign.';
COMMENT ON COLUMN decision.device_no IS 'The device, as in stored_report.';
COMMENT ON COLUMN decision.rule_no IS 'What was decided: row of decision_rule.';
COMMENT ON COLUMN decision.pass IS 'Pass of recovery over the campaign, from 1.';
COMMENT ON COLUMN decision.batch_no IS 'Batch of stage recover that the row committed with: its row in batch_ledger says who and when.';

COMMENT ON COLUMN batch_ledger.checksum IS 'Sum of hashtextextended over its rows, see docs/architecture.md.';

-- A generated fleet that was stopped part-way is made again from its seed: batches hold other devices now, in the order of the key.
CREATE TEMP TABLE begun ON COMMIT DROP AS
SELECT c.campaign_id
FROM campaign c
LEFT JOIN batch_ledger b ON b.campaign_id = c.campaign_id AND b.stage = 'generate'
WHERE c.source = 'generated'
GROUP BY c.campaign_id
HAVING coalesce(sum(b.rows), 0) < c.device_count;
DELETE FROM device_report WHERE campaign_id IN (SELECT campaign_id FROM begun);
DELETE FROM fault_ledger WHERE campaign_id IN (SELECT campaign_id FROM begun);
DELETE FROM batch_ledger WHERE campaign_id IN (SELECT campaign_id FROM begun);

-- Campaigns that are there already move over.
DO $$
DECLARE
  c campaign;
BEGIN
  FOR c IN SELECT * FROM campaign LOOP
    EXECUTE format('CREATE TABLE stored_report_%1$s (LIKE stored_report INCLUDING ALL) WITH (fillfactor = 96)', c.campaign_id);
    EXECUTE format('ALTER TABLE stored_report ATTACH PARTITION stored_report_%1$s FOR VALUES IN (%1$s)', c.campaign_id);
    EXECUTE format('CREATE TABLE decision_%1$s (LIKE decision INCLUDING ALL)', c.campaign_id);
    EXECUTE format('ALTER TABLE decision ATTACH PARTITION decision_%1$s FOR VALUES IN (%1$s)', c.campaign_id);
  END LOOP;
END $$;

INSERT INTO device_profile
SELECT w.campaign_id, row_number() OVER (PARTITION BY w.campaign_id ORDER BY w.region, w.model, w.hardware, w.firmware_from, w.firmware_to) - 1,
  w.region, w.model, w.hardware, w.firmware_from, w.firmware_to
FROM (SELECT DISTINCT campaign_id, region, model, hardware, firmware_from, firmware_to FROM device_report) w;

INSERT INTO update_outcome
SELECT w.campaign_id, row_number() OVER (PARTITION BY w.campaign_id ORDER BY w.update_status, w.firmware_reported, w.last_stage, w.error_code) - 1,
  w.firmware_reported, w.last_stage, w.error_code, w.update_status
FROM (SELECT DISTINCT campaign_id, firmware_reported, last_stage, error_code, update_status FROM device_report) w;

-- The joins below are planned by how many combinations there are.
ANALYZE device_profile, update_outcome;

INSERT INTO stored_report
SELECT r.bucket, r.campaign_id,
  r.batch_no * c.batch_size + row_number() OVER (PARTITION BY r.campaign_id, r.batch_no ORDER BY r.bucket, r.device_id) - 1,
  p.profile_no, o.outcome_no, r.device_id, r.attempts, r.battery_voltage, r.signal_strength, r.storage_free_mb, r.reported_at
FROM device_report r
JOIN campaign c ON c.campaign_id = r.campaign_id
JOIN device_profile p ON p.campaign_id = r.campaign_id
  AND ROW(p.region, p.model, p.hardware, p.firmware_from, p.firmware_to)::text
    = ROW(r.region, r.model, r.hardware, r.firmware_from, r.firmware_to)::text
JOIN update_outcome o ON o.campaign_id = r.campaign_id
  AND ROW(o.firmware_reported, o.last_stage, o.error_code, o.update_status)::text
    = ROW(r.firmware_reported, r.last_stage, r.error_code, r.update_status)::text;

INSERT INTO decision_rule
SELECT row_number() OVER (ORDER BY w.policy, w.policy_version, w.policy_rule, w.action), w.action, 'Recovered',
  w.policy, w.policy_version, w.policy_rule
FROM (SELECT DISTINCT action, policy, policy_version, policy_rule FROM recovery_actions) w;

INSERT INTO decision
SELECT a.bucket, a.campaign_id, r.device_no, d.rule_no, a.attempt, a.batch_no
FROM recovery_actions a
JOIN stored_report r ON r.bucket = a.bucket AND r.campaign_id = a.campaign_id AND r.device_id = a.device_id
JOIN decision_rule d ON d.action = a.action AND d.policy = a.policy AND d.policy_version = a.policy_version
  AND d.policy_rule = a.policy_rule
UNION ALL
SELECT t.bucket, t.campaign_id, r.device_no, 0, t.attempt, t.batch_no
FROM triage_queue t
JOIN stored_report r ON r.bucket = t.bucket AND r.campaign_id = t.campaign_id AND r.device_id = t.device_id
WHERE t.state = 'open';

DO $$
DECLARE
  c campaign;
BEGIN
  IF (SELECT count(*) FROM stored_report) <> (SELECT count(*) FROM device_report)
    OR (SELECT count(*) FROM decision)
      <> (SELECT count(*) FROM recovery_actions) + (SELECT count(*) FROM triage_queue WHERE state = 'open') THEN
    RAISE EXCEPTION 'the new layout does not hold every report and decision of the old one';
  END IF;
  FOR c IN SELECT * FROM campaign LOOP
    IF EXISTS (SELECT FROM stored_report r WHERE r.campaign_id = c.campaign_id) THEN
      EXECUTE format('ALTER TABLE stored_report_%s ADD PRIMARY KEY (bucket, device_id)', c.campaign_id);
    END IF;
    IF EXISTS (SELECT FROM batch_ledger b WHERE b.campaign_id = c.campaign_id AND b.stage = 'recover') THEN
      EXECUTE format('ALTER TABLE decision_%s ADD PRIMARY KEY (bucket, device_no)', c.campaign_id);
    END IF;
  END LOOP;
END $$;

UPDATE batch_ledger l SET checksum = s.checksum
FROM (
  SELECT 'generate' AS stage, 1 AS pass, r.campaign_id, r.device_no / c.batch_size AS batch_no,
    sum(hashtextextended(r.device_id, r.device_no))::text AS checksum
  FROM stored_report r
  JOIN campaign c ON c.campaign_id = r.campaign_id
  GROUP BY r.campaign_id, r.device_no / c.batch_size
  UNION ALL
  SELECT 'corrupt', 1, f.campaign_id, f.batch_no, sum(hashtextextended(f.device_id, 0))::text
  FROM fault_ledger f
  GROUP BY f.campaign_id, f.batch_no
  UNION ALL
  SELECT 'recover', d.pass, d.campaign_id, d.batch_no, sum(hashtextextended(d.device_no::text, d.rule_no))::text
  FROM (
    SELECT campaign_id, pass, batch_no, device_no, rule_no FROM decision
    UNION ALL -- and quarantines that a person took back
    SELECT t.campaign_id, t.attempt, t.batch_no, r.device_no, 0
    FROM triage_queue t
    JOIN stored_report r ON r.bucket = t.bucket AND r.campaign_id = t.campaign_id AND r.device_id = t.device_id
    WHERE t.state = 'released'
  ) d
  GROUP BY d.campaign_id, d.pass, d.batch_no
) s
WHERE l.campaign_id = s.campaign_id AND l.stage = s.stage AND l.pass = s.pass AND l.batch_no = s.batch_no;
UPDATE batch_ledger SET checksum = '0' WHERE rows = 0;

DROP VIEW IF EXISTS ota_telemetry, telemetry_finding;
DROP VIEW ota_logs, device_status;
DROP TABLE device_report, recovery_actions;

CREATE VIEW device_report AS
SELECT
  r.bucket, r.campaign_id, r.device_id, r.device_no / c.batch_size AS batch_no,
  p.region, p.model, p.hardware, p.firmware_from, p.firmware_to,
  o.firmware_reported, o.last_stage, o.error_code,
  r.attempts, r.battery_voltage, r.signal_strength, r.storage_free_mb, r.reported_at,
  o.update_status
FROM stored_report r
LEFT JOIN campaign c ON c.campaign_id = r.campaign_id
LEFT JOIN device_profile p ON p.campaign_id = r.campaign_id AND p.profile_no = r.profile_no
LEFT JOIN update_outcome o ON o.campaign_id = r.campaign_id AND o.outcome_no = r.outcome_no;
COMMENT ON VIEW device_report IS 'What each device reported, as it came, valid or not. Grain: one row a device and campaign.';
COMMENT ON COLUMN device_report.batch_no IS 'Batch of stage generate that stored the row.';

CREATE VIEW recovery_actions AS
SELECT
  d.bucket, d.campaign_id, r.device_id, u.action, u.policy, u.policy_version, u.policy_rule,
  d.pass::int AS attempt, d.batch_no AS shard, b.worker, d.batch_no, b.started_at AS decided_at
FROM decision d
JOIN decision_rule u ON u.rule_no = d.rule_no AND u.action <> 'MANUAL_TRIAGE'
JOIN stored_report r ON r.bucket = d.bucket AND r.campaign_id = d.campaign_id AND r.device_no = d.device_no
LEFT JOIN batch_ledger b
  ON b.campaign_id = d.campaign_id AND b.stage = 'recover' AND b.pass = d.pass AND b.batch_no = d.batch_no;
COMMENT ON VIEW recovery_actions IS 'Decisions of recovery that a policy made. Grain: one row at most a device and campaign.';
COMMENT ON COLUMN recovery_actions.action IS 'RETRY_UPDATE or FORCE_ROLLBACK.';
COMMENT ON COLUMN recovery_actions.policy IS 'Policy that decided.';
COMMENT ON COLUMN recovery_actions.policy_version IS 'Its version.';
COMMENT ON COLUMN recovery_actions.policy_rule IS 'Rule of the policy that matched first.';
COMMENT ON COLUMN recovery_actions.attempt IS 'Pass of recovery over the campaign, from 1.';
COMMENT ON COLUMN recovery_actions.shard IS 'Shard that the device fell into.';
COMMENT ON COLUMN recovery_actions.worker IS 'Worker that decided, from 0.';
COMMENT ON COLUMN recovery_actions.batch_no IS 'Batch of stage recover that the row committed with.';
COMMENT ON COLUMN recovery_actions.decided_at IS 'When its batch began to commit.';

-- The status is a word of one of two small tables: so the planner knows how few there are, and counts them in parallel.
CREATE VIEW device_status AS
SELECT
  r.bucket, r.campaign_id, r.device_id, p.region, p.model, p.hardware,
  p.firmware_from, p.firmware_to, o.firmware_reported, o.last_stage, o.error_code, r.attempts,
  r.battery_voltage, r.signal_strength, r.storage_free_mb, r.reported_at,
  o.update_status AS reported_status,
  coalesce(u.update_status, o.update_status) AS update_status,
  u.action
FROM stored_report r
LEFT JOIN device_profile p ON p.campaign_id = r.campaign_id AND p.profile_no = r.profile_no
LEFT JOIN update_outcome o ON o.campaign_id = r.campaign_id AND o.outcome_no = r.outcome_no
LEFT JOIN decision d ON d.bucket = r.bucket AND d.campaign_id = r.campaign_id AND d.device_no = r.device_no
LEFT JOIN decision_rule u ON u.rule_no = d.rule_no;
COMMENT ON VIEW device_status IS 'Reports of all campaigns with the status that follows from the decisions. Grain: one row a device and campaign.';
COMMENT ON COLUMN device_status.reported_status IS 'Success or Partial, as the device reported.';
COMMENT ON COLUMN device_status.update_status IS 'Success, Partial, Recovered or Quarantined.';
COMMENT ON COLUMN device_status.action IS 'RETRY_UPDATE, FORCE_ROLLBACK or MANUAL_TRIAGE; NULL where nothing was decided.';

-- Whoever makes a campaign the current one writes its number here.
DO $$
BEGIN
  EXECUTE format(
    'CREATE VIEW ota_logs AS SELECT s.* FROM device_status s WHERE s.campaign_id = %s',
    coalesce((SELECT campaign_id FROM current_campaign), 0)
  );
END $$;
COMMENT ON VIEW ota_logs IS 'device_status of the current campaign. Grain: one row a device.';

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'sentinel_loader') THEN
    GRANT SELECT ON
      device_profile, update_outcome, stored_report, decision_rule, decision, device_report, recovery_actions, device_status, ota_logs
    TO sentinel_loader;
  END IF;
END $$;
