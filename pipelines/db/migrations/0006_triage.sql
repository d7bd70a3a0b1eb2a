-- Triage that is worked: each place in the queue has a version, what a person decides is an entry in an audit that only grows, and a value that a
-- person corrects or lets stand is a row of its own beside the report, which stays as it came.

ALTER TABLE triage_queue ADD COLUMN version int NOT NULL DEFAULT 1;
ALTER TABLE triage_queue DROP CONSTRAINT triage_queue_state_check;
ALTER TABLE triage_queue ADD CONSTRAINT triage_queue_state_check CHECK (state IN ('open', 'released', 'rejected'));
COMMENT ON COLUMN triage_queue.state IS 'open until a person decides; then released, to the next recovery, or rejected, which the person has decided alone.';
COMMENT ON COLUMN triage_queue.version IS 'Counts what happened to the place, from 1: a decision names the version that it was made on.';
COMMENT ON COLUMN triage_queue.attempt IS 'Pass of recovery that quarantined the device, from 1.';

CREATE TABLE triage_decision (
  bucket      int NOT NULL,
  campaign_id int NOT NULL,
  device_id   text COLLATE "C" NOT NULL,
  version     int NOT NULL,
  verb        text NOT NULL CHECK (verb IN ('fix', 'accept', 'reject', 'release', 'reopen')),
  decided_by  text NOT NULL CHECK (decided_by <> ''),
  decided_at  timestamptz NOT NULL DEFAULT now(),
  why         text CHECK (why <> ''),
  before      jsonb NOT NULL,
  after       jsonb NOT NULL,
  took_rule   smallint,
  took_pass   smallint,
  took_batch  int,
  gave_rule   smallint,
  gave_pass   smallint,
  gave_batch  int,
  PRIMARY KEY (bucket, campaign_id, device_id, version),
  CHECK (why IS NOT NULL OR verb = 'reopen')
);
COMMENT ON TABLE triage_decision IS 'What people decided in triage, append-only: the audit. Grain: one row a decision on a device.';
COMMENT ON COLUMN triage_decision.bucket IS 'Stable hash slot of device_id, 0 to 1023.';
COMMENT ON COLUMN triage_decision.campaign_id IS 'The campaign.';
COMMENT ON COLUMN triage_decision.device_id IS 'The device.';
COMMENT ON COLUMN triage_decision.version IS 'Version of the place in the queue that it was made on; the place has the next one since.';
COMMENT ON COLUMN triage_decision.verb IS 'fix, accept, reject, release, or reopen, which takes back the one before.';
COMMENT ON COLUMN triage_decision.decided_by IS 'Who decided, as they named themselves; never published.';
COMMENT ON COLUMN triage_decision.decided_at IS 'When, by the server''s clock.';
COMMENT ON COLUMN triage_decision.why IS 'Why, in their words; never published. NULL only where a decision was taken back without a word.';
COMMENT ON COLUMN triage_decision.before IS 'The place as it was: state, findings, amendments, pass and batch of its quarantine.';
COMMENT ON COLUMN triage_decision.after IS 'The place as it is since: state, amendments, and the action where a person chose one.';
COMMENT ON COLUMN triage_decision.took_rule IS 'Rule of the row of decision that it took away; NULL where it took none.';
COMMENT ON COLUMN triage_decision.took_pass IS 'Pass of recovery of that row.';
COMMENT ON COLUMN triage_decision.took_batch IS 'Batch of that row.';
COMMENT ON COLUMN triage_decision.gave_rule IS 'Rule of the row of decision that it put there; NULL where it put none.';
COMMENT ON COLUMN triage_decision.gave_pass IS 'Pass that this row counts to.';
COMMENT ON COLUMN triage_decision.gave_batch IS 'Batch that this row counts to.';

CREATE TABLE telemetry_amendment (
  bucket      int NOT NULL,
  campaign_id int NOT NULL,
  device_id   text COLLATE "C" NOT NULL,
  field       text NOT NULL,
  value       text,
  waived_rule text,
  PRIMARY KEY (bucket, campaign_id, device_id, field),
  CHECK ((value IS NULL) <> (waived_rule IS NULL))
);
COMMENT ON TABLE telemetry_amendment IS 'What a person says of a reported value: another one, or that it is right although a rule finds fault. Reports stay as they came. Grain: one row an amended field of a device and campaign.';
COMMENT ON COLUMN telemetry_amendment.bucket IS 'Stable hash slot of device_id, 0 to 1023.';
COMMENT ON COLUMN telemetry_amendment.campaign_id IS 'The campaign.';
COMMENT ON COLUMN telemetry_amendment.device_id IS 'The device.';
COMMENT ON COLUMN telemetry_amendment.field IS 'The telemetry field.';
COMMENT ON COLUMN telemetry_amendment.value IS 'The value that counts instead of the reported one; NULL where that one is let stand.';
COMMENT ON COLUMN telemetry_amendment.waived_rule IS 'Rule whose finding on the field does not count; NULL where the value is corrected.';

CREATE VIEW device_amendment AS
SELECT a.bucket, a.campaign_id, a.device_id,
  max(a.value) FILTER (WHERE a.field = 'region') AS fixed_region,
  max(a.value) FILTER (WHERE a.field = 'model') AS fixed_model,
  max(a.value) FILTER (WHERE a.field = 'hardware') AS fixed_hardware,
  max(a.value) FILTER (WHERE a.field = 'firmware_from') AS fixed_firmware_from,
  max(a.value) FILTER (WHERE a.field = 'firmware_to') AS fixed_firmware_to,
  max(a.value) FILTER (WHERE a.field = 'firmware_reported') AS fixed_firmware_reported,
  max(a.value) FILTER (WHERE a.field = 'last_stage') AS fixed_last_stage,
  max(a.value) FILTER (WHERE a.field = 'error_code') AS fixed_error_code,
  max(a.value) FILTER (WHERE a.field = 'attempts') AS fixed_attempts,
  max(a.value) FILTER (WHERE a.field = 'battery_voltage') AS fixed_battery_voltage,
  max(a.value) FILTER (WHERE a.field = 'signal_strength') AS fixed_signal_strength,
  max(a.value) FILTER (WHERE a.field = 'storage_free_mb') AS fixed_storage_free_mb,
  max(a.value) FILTER (WHERE a.field = 'reported_at') AS fixed_reported_at,
  max(a.waived_rule) FILTER (WHERE a.field = 'region') AS waived_region,
  max(a.waived_rule) FILTER (WHERE a.field = 'model') AS waived_model,
  max(a.waived_rule) FILTER (WHERE a.field = 'hardware') AS waived_hardware,
  max(a.waived_rule) FILTER (WHERE a.field = 'firmware_from') AS waived_firmware_from,
  max(a.waived_rule) FILTER (WHERE a.field = 'firmware_to') AS waived_firmware_to,
  max(a.waived_rule) FILTER (WHERE a.field = 'firmware_reported') AS waived_firmware_reported,
  max(a.waived_rule) FILTER (WHERE a.field = 'last_stage') AS waived_last_stage,
  max(a.waived_rule) FILTER (WHERE a.field = 'error_code') AS waived_error_code,
  max(a.waived_rule) FILTER (WHERE a.field = 'attempts') AS waived_attempts,
  max(a.waived_rule) FILTER (WHERE a.field = 'battery_voltage') AS waived_battery_voltage,
  max(a.waived_rule) FILTER (WHERE a.field = 'signal_strength') AS waived_signal_strength,
  max(a.waived_rule) FILTER (WHERE a.field = 'storage_free_mb') AS waived_storage_free_mb,
  max(a.waived_rule) FILTER (WHERE a.field = 'reported_at') AS waived_reported_at,
  max(a.waived_rule) FILTER (WHERE a.field = 'device_id') AS waived_device_id
FROM telemetry_amendment a
GROUP BY a.bucket, a.campaign_id, a.device_id;
COMMENT ON VIEW device_amendment IS 'Amendments side by side: of each field the corrected value (fixed_..), NULL where there is none, and the rule whose finding on it does not count (waived_..), NULL where every one does. Grain: one row an amended device and campaign.';
COMMENT ON COLUMN device_amendment.fixed_region IS 'Corrected region; NULL where there is none.';
COMMENT ON COLUMN device_amendment.fixed_model IS 'Corrected model; NULL where there is none.';
COMMENT ON COLUMN device_amendment.fixed_hardware IS 'Corrected hardware; NULL where there is none.';
COMMENT ON COLUMN device_amendment.fixed_firmware_from IS 'Corrected firmware_from; NULL where there is none.';
COMMENT ON COLUMN device_amendment.fixed_firmware_to IS 'Corrected firmware_to; NULL where there is none.';
COMMENT ON COLUMN device_amendment.fixed_firmware_reported IS 'Corrected firmware_reported; NULL where there is none.';
COMMENT ON COLUMN device_amendment.fixed_last_stage IS 'Corrected last_stage; NULL where there is none.';
COMMENT ON COLUMN device_amendment.fixed_error_code IS 'Corrected error_code; NULL where there is none.';
COMMENT ON COLUMN device_amendment.fixed_attempts IS 'Corrected attempts; NULL where there is none.';
COMMENT ON COLUMN device_amendment.fixed_battery_voltage IS 'Corrected battery_voltage; NULL where there is none.';
COMMENT ON COLUMN device_amendment.fixed_signal_strength IS 'Corrected signal_strength; NULL where there is none.';
COMMENT ON COLUMN device_amendment.fixed_storage_free_mb IS 'Corrected storage_free_mb; NULL where there is none.';
COMMENT ON COLUMN device_amendment.fixed_reported_at IS 'Corrected reported_at; NULL where there is none.';
COMMENT ON COLUMN device_amendment.waived_region IS 'Rule whose finding on region does not count; NULL where every one does.';
COMMENT ON COLUMN device_amendment.waived_model IS 'Rule whose finding on model does not count; NULL where every one does.';
COMMENT ON COLUMN device_amendment.waived_hardware IS 'Rule whose finding on hardware does not count; NULL where every one does.';
COMMENT ON COLUMN device_amendment.waived_firmware_from IS 'Rule whose finding on firmware_from does not count; NULL where every one does.';
COMMENT ON COLUMN device_amendment.waived_firmware_to IS 'Rule whose finding on firmware_to does not count; NULL where every one does.';
COMMENT ON COLUMN device_amendment.waived_firmware_reported IS 'Rule whose finding on firmware_reported does not count; NULL where every one does.';
COMMENT ON COLUMN device_amendment.waived_last_stage IS 'Rule whose finding on last_stage does not count; NULL where every one does.';
COMMENT ON COLUMN device_amendment.waived_error_code IS 'Rule whose finding on error_code does not count; NULL where every one does.';
COMMENT ON COLUMN device_amendment.waived_attempts IS 'Rule whose finding on attempts does not count; NULL where every one does.';
COMMENT ON COLUMN device_amendment.waived_battery_voltage IS 'Rule whose finding on battery_voltage does not count; NULL where every one does.';
COMMENT ON COLUMN device_amendment.waived_signal_strength IS 'Rule whose finding on signal_strength does not count; NULL where every one does.';
COMMENT ON COLUMN device_amendment.waived_storage_free_mb IS 'Rule whose finding on storage_free_mb does not count; NULL where every one does.';
COMMENT ON COLUMN device_amendment.waived_reported_at IS 'Rule whose finding on reported_at does not count; NULL where every one does.';
COMMENT ON COLUMN device_amendment.waived_device_id IS 'Rule whose finding on device_id does not count; NULL where every one does.';

-- PostgreSQL joins what is asked for: words and amendments have keys, so that it leaves out the others.
CREATE VIEW judged_report AS
SELECT r.bucket, r.campaign_id, r.device_no, r.device_id, r.outcome_no,
  coalesce(a.fixed_region, p.region) AS region,
  coalesce(a.fixed_model, p.model) AS model,
  coalesce(a.fixed_hardware, p.hardware) AS hardware,
  coalesce(a.fixed_firmware_from, p.firmware_from) AS firmware_from,
  coalesce(a.fixed_firmware_to, p.firmware_to) AS firmware_to,
  coalesce(a.fixed_firmware_reported, o.firmware_reported) AS firmware_reported,
  coalesce(a.fixed_last_stage, o.last_stage) AS last_stage,
  coalesce(a.fixed_error_code, o.error_code) AS error_code,
  coalesce(a.fixed_attempts, r.attempts) AS attempts,
  coalesce(a.fixed_battery_voltage, r.battery_voltage) AS battery_voltage,
  coalesce(a.fixed_signal_strength, r.signal_strength) AS signal_strength,
  coalesce(a.fixed_storage_free_mb, r.storage_free_mb) AS storage_free_mb,
  coalesce(a.fixed_reported_at, r.reported_at) AS reported_at,
  a.waived_region,
  a.waived_model,
  a.waived_hardware,
  a.waived_firmware_from,
  a.waived_firmware_to,
  a.waived_firmware_reported,
  a.waived_last_stage,
  a.waived_error_code,
  a.waived_attempts,
  a.waived_battery_voltage,
  a.waived_signal_strength,
  a.waived_storage_free_mb,
  a.waived_reported_at,
  a.waived_device_id
FROM stored_report r
LEFT JOIN device_profile p ON p.campaign_id = r.campaign_id AND p.profile_no = r.profile_no
LEFT JOIN update_outcome o ON o.campaign_id = r.campaign_id AND o.outcome_no = r.outcome_no
LEFT JOIN device_amendment a ON a.bucket = r.bucket AND a.campaign_id = r.campaign_id AND a.device_id = r.device_id;
COMMENT ON VIEW judged_report IS 'Reports as recovery judges them: as reported, but for what a person corrected or let stand. Grain: one row a device and campaign.';
COMMENT ON COLUMN judged_report.region IS 'region as it counts: the corrected value where there is one, else as reported.';
COMMENT ON COLUMN judged_report.model IS 'model as it counts: the corrected value where there is one, else as reported.';
COMMENT ON COLUMN judged_report.hardware IS 'hardware as it counts: the corrected value where there is one, else as reported.';
COMMENT ON COLUMN judged_report.firmware_from IS 'firmware_from as it counts: the corrected value where there is one, else as reported.';
COMMENT ON COLUMN judged_report.firmware_to IS 'firmware_to as it counts: the corrected value where there is one, else as reported.';
COMMENT ON COLUMN judged_report.firmware_reported IS 'firmware_reported as it counts: the corrected value where there is one, else as reported.';
COMMENT ON COLUMN judged_report.last_stage IS 'last_stage as it counts: the corrected value where there is one, else as reported.';
COMMENT ON COLUMN judged_report.error_code IS 'error_code as it counts: the corrected value where there is one, else as reported.';
COMMENT ON COLUMN judged_report.attempts IS 'attempts as it counts: the corrected value where there is one, else as reported.';
COMMENT ON COLUMN judged_report.battery_voltage IS 'battery_voltage as it counts: the corrected value where there is one, else as reported.';
COMMENT ON COLUMN judged_report.signal_strength IS 'signal_strength as it counts: the corrected value where there is one, else as reported.';
COMMENT ON COLUMN judged_report.storage_free_mb IS 'storage_free_mb as it counts: the corrected value where there is one, else as reported.';
COMMENT ON COLUMN judged_report.reported_at IS 'reported_at as it counts: the corrected value where there is one, else as reported.';
COMMENT ON COLUMN judged_report.waived_region IS 'Rule whose finding on region does not count; NULL where every one does.';
COMMENT ON COLUMN judged_report.waived_model IS 'Rule whose finding on model does not count; NULL where every one does.';
COMMENT ON COLUMN judged_report.waived_hardware IS 'Rule whose finding on hardware does not count; NULL where every one does.';
COMMENT ON COLUMN judged_report.waived_firmware_from IS 'Rule whose finding on firmware_from does not count; NULL where every one does.';
COMMENT ON COLUMN judged_report.waived_firmware_to IS 'Rule whose finding on firmware_to does not count; NULL where every one does.';
COMMENT ON COLUMN judged_report.waived_firmware_reported IS 'Rule whose finding on firmware_reported does not count; NULL where every one does.';
COMMENT ON COLUMN judged_report.waived_last_stage IS 'Rule whose finding on last_stage does not count; NULL where every one does.';
COMMENT ON COLUMN judged_report.waived_error_code IS 'Rule whose finding on error_code does not count; NULL where every one does.';
COMMENT ON COLUMN judged_report.waived_attempts IS 'Rule whose finding on attempts does not count; NULL where every one does.';
COMMENT ON COLUMN judged_report.waived_battery_voltage IS 'Rule whose finding on battery_voltage does not count; NULL where every one does.';
COMMENT ON COLUMN judged_report.waived_signal_strength IS 'Rule whose finding on signal_strength does not count; NULL where every one does.';
COMMENT ON COLUMN judged_report.waived_storage_free_mb IS 'Rule whose finding on storage_free_mb does not count; NULL where every one does.';
COMMENT ON COLUMN judged_report.waived_reported_at IS 'Rule whose finding on reported_at does not count; NULL where every one does.';
COMMENT ON COLUMN judged_report.waived_device_id IS 'Rule whose finding on device_id does not count; NULL where every one does.';

-- Places that somebody released by hand, before there was a command for it: what is known of that goes into the audit.
UPDATE triage_queue SET version = 2 WHERE state = 'released';
INSERT INTO triage_decision (
  bucket, campaign_id, device_id, version, verb, decided_by, why, before, after, took_rule, took_pass, took_batch
)
SELECT t.bucket, t.campaign_id, t.device_id, 1, 'release', 'unknown', 'released by hand before migration 6',
  jsonb_build_object(
    'state', 'open', 'rule', t.rule_id, 'rules_version', t.rules_version, 'field', t.field, 'findings', t.findings,
    'amendments', '[]'::jsonb, 'pass', t.attempt, 'batch', t.batch_no
  ),
  jsonb_build_object('state', 'released', 'amendments', '[]'::jsonb), 0, t.attempt, t.batch_no
FROM triage_queue t
WHERE t.state = 'released';

-- Workers may add places to the queue and change none: that a released device is back in its place is the one thing that they can say of one. The
-- raw value comes from the report itself.
CREATE FUNCTION quarantine_again(
  of_campaign int, of_buckets int[], buckets int[], devices text[], rules text[], of_rules int, fields text[], found text[], of_pass int,
  of_batch int, of_worker int
) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  WITH back AS (
    UPDATE triage_queue t
    SET state = 'open', version = t.version + 1, rule_id = s.rule_id, rules_version = of_rules, field = s.field,
      raw_value = convert_to(s.raw, 'UTF8'), raw_sha256 = sha256(convert_to(s.raw, 'UTF8')), findings = s.findings::jsonb,
      attempt = of_pass, shard = of_batch, worker = of_worker, batch_no = of_batch, quarantined_at = s.at
    FROM (
      SELECT w.bucket, w.device_id, w.rule_id, w.field, w.findings, now() AS at,
        to_jsonb(r) ->> w.field AS raw
      FROM unnest(buckets, devices, rules, fields, found) AS w (bucket, device_id, rule_id, field, findings)
      JOIN device_report r ON r.bucket = w.bucket AND r.campaign_id = of_campaign AND r.device_id = w.device_id
      WHERE r.bucket = ANY(of_buckets)
    ) s
    WHERE t.bucket = ANY(of_buckets) AND t.bucket = s.bucket AND t.campaign_id = of_campaign AND t.device_id = s.device_id
      AND t.state = 'released'
    RETURNING 1
  )
  SELECT count(*) FROM back
$$;
COMMENT ON FUNCTION quarantine_again IS 'Opens the places of released devices again that recovery still finds fault with. Returns how many.';
REVOKE ALL ON FUNCTION quarantine_again FROM PUBLIC;

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'sentinel_writer') THEN
    GRANT SELECT (bucket, campaign_id, device_id, state) ON triage_queue TO sentinel_writer;
    GRANT SELECT ON telemetry_amendment TO sentinel_writer;
    GRANT EXECUTE ON FUNCTION quarantine_again TO sentinel_writer;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'sentinel_loader') THEN
    GRANT SELECT ON telemetry_amendment, device_amendment, judged_report TO sentinel_loader;
    GRANT SELECT (bucket, campaign_id, device_id, version, verb, decided_at) ON triage_decision TO sentinel_loader;
  END IF;
END $$;
