-- The layout: reports are evidence and never change, decisions are rows.
-- Every big table starts its primary key with bucket, so that it can be distributed; see docs/architecture.md.

COMMENT ON TABLE sentinel_migration IS 'Migrations that were applied. Grain: one row a migration.';
COMMENT ON COLUMN sentinel_migration.number IS 'Number of the migration, from 1.';
COMMENT ON COLUMN sentinel_migration.file IS 'Its file.';
COMMENT ON COLUMN sentinel_migration.applied_at IS 'When.';

CREATE TABLE campaign (
  campaign_id      int PRIMARY KEY,
  name             text NOT NULL UNIQUE,
  title            text NOT NULL,
  owner            text,
  source           text NOT NULL CHECK (source IN ('generated', 'imported')),
  source_file      text,
  source_sha256    text NOT NULL,
  firmware_to      text,
  seed             bigint NOT NULL,
  device_count     bigint NOT NULL CHECK (device_count >= 0),
  rejected_count   bigint NOT NULL DEFAULT 0,
  batch_size       int NOT NULL CHECK (batch_size > 0),
  reported_columns text[] NOT NULL,
  fault_rate       double precision,
  fault_profile    text,
  fault_seed       bigint,
  created_at       timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE campaign IS 'One rollout over one fleet. Grain: one row a campaign.';
COMMENT ON COLUMN campaign.campaign_id IS 'Number of the campaign, given in order of creation.';
COMMENT ON COLUMN campaign.name IS 'What --campaign names it by.';
COMMENT ON COLUMN campaign.title IS 'What a person reads as the name of the rollout.';
COMMENT ON COLUMN campaign.owner IS 'Who answers for a generated rollout (an invented person); NULL for an import.';
COMMENT ON COLUMN campaign.source IS 'generated, or imported from a file.';
COMMENT ON COLUMN campaign.source_file IS 'Name, without folder, of the imported file.';
COMMENT ON COLUMN campaign.source_sha256 IS 'SHA-256, hexadecimal, of the imported file, or of the reference inputs that the fleet was generated from.';
COMMENT ON COLUMN campaign.firmware_to IS 'Version that the rollout installs; NULL where an import does not say.';
COMMENT ON COLUMN campaign.seed IS 'Seed of the generated fleet; for an import, of what chaos is asked for.';
COMMENT ON COLUMN campaign.device_count IS 'Devices that the campaign has to store.';
COMMENT ON COLUMN campaign.rejected_count IS 'Rows of the imported file that could not be stored; each is in import_reject.';
COMMENT ON COLUMN campaign.batch_size IS 'Devices that commit together when they are stored.';
COMMENT ON COLUMN campaign.reported_columns IS 'Columns of device_report that the source has. One that is absent is no fault.';
COMMENT ON COLUMN campaign.fault_rate IS 'Share of devices corrupted on purpose, 0 to 1; NULL until corrupt has run.';
COMMENT ON COLUMN campaign.fault_profile IS 'Chaos profile that corrupt used; NULL until it has run.';
COMMENT ON COLUMN campaign.fault_seed IS 'Seed that corrupt used; NULL until it has run.';
COMMENT ON COLUMN campaign.created_at IS 'When the campaign was created.';

CREATE TABLE current_campaign (
  only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  campaign_id int NOT NULL
);
COMMENT ON TABLE current_campaign IS 'The campaign that ota_logs answers for. Grain: one row at most.';
COMMENT ON COLUMN current_campaign.only_row IS 'Always true: keeps the table at one row.';
COMMENT ON COLUMN current_campaign.campaign_id IS 'The campaign.';

CREATE TABLE device_report (
  bucket            int NOT NULL,
  campaign_id       int NOT NULL,
  device_id         text COLLATE "C" NOT NULL,
  batch_no          int NOT NULL,
  region            text,
  model             text,
  hardware          text,
  firmware_from     text,
  firmware_to       text,
  firmware_reported text,
  last_stage        text,
  error_code        text,
  attempts          text,
  battery_voltage   text,
  signal_strength   text,
  storage_free_mb   text,
  reported_at       text,
  update_status     text NOT NULL CHECK (update_status IN ('Success', 'Partial')),
  PRIMARY KEY (bucket, campaign_id, device_id)
);
COMMENT ON TABLE device_report IS 'What each device reported, as it came, valid or not. Grain: one row a device and campaign.';
COMMENT ON COLUMN device_report.bucket IS 'Stable hash slot of device_id, 0 to 1023.';
COMMENT ON COLUMN device_report.campaign_id IS 'The campaign.';
COMMENT ON COLUMN device_report.device_id IS 'The device, for example DEV-1a2b3c4d.';
COMMENT ON COLUMN device_report.batch_no IS 'Batch of stage generate that stored the row.';
COMMENT ON COLUMN device_report.region IS 'Region that the device is in.';
COMMENT ON COLUMN device_report.model IS 'Device model.';
COMMENT ON COLUMN device_report.hardware IS 'Hardware revision.';
COMMENT ON COLUMN device_report.firmware_from IS 'Version before the rollout.';
COMMENT ON COLUMN device_report.firmware_to IS 'Version that the rollout installs.';
COMMENT ON COLUMN device_report.firmware_reported IS 'Version that the device says it runs.';
COMMENT ON COLUMN device_report.last_stage IS 'Last step of the update that the device reached, QUEUED to SUCCEEDED.';
COMMENT ON COLUMN device_report.error_code IS 'Code in data/errors.csv; NULL where the update succeeded.';
COMMENT ON COLUMN device_report.attempts IS 'Update attempts so far, as reported.';
COMMENT ON COLUMN device_report.battery_voltage IS 'Volts, as reported: text, valid or not.';
COMMENT ON COLUMN device_report.signal_strength IS 'Percent, as reported: text, valid or not.';
COMMENT ON COLUMN device_report.storage_free_mb IS 'Free storage in megabytes, as reported: text, valid or not.';
COMMENT ON COLUMN device_report.reported_at IS 'When the device reported, ISO 8601, as reported.';
COMMENT ON COLUMN device_report.update_status IS 'Success or Partial, as reported.';

CREATE TABLE import_reject (
  campaign_id int NOT NULL,
  row_no      bigint NOT NULL,
  reason      text NOT NULL,
  device_id   text,
  PRIMARY KEY (campaign_id, row_no)
);
COMMENT ON TABLE import_reject IS 'Rows of an imported file that could not be stored at all. Grain: one row a rejected row.';
COMMENT ON COLUMN import_reject.campaign_id IS 'The campaign.';
COMMENT ON COLUMN import_reject.row_no IS 'Number of the data row in the file, from 1, header not counted.';
COMMENT ON COLUMN import_reject.reason IS 'Why it could not be stored.';
COMMENT ON COLUMN import_reject.device_id IS 'The id as it came, where there was one that can be stored.';

CREATE TABLE fault_ledger (
  bucket       int NOT NULL,
  campaign_id  int NOT NULL,
  device_id    text COLLATE "C" NOT NULL,
  field        text NOT NULL,
  kind         text NOT NULL,
  before_value text,
  after_value  text,
  batch_no     int NOT NULL,
  PRIMARY KEY (bucket, campaign_id, device_id, field)
);
COMMENT ON TABLE fault_ledger IS 'Ground truth of all faults injected on purpose. Grain: one row a corrupted field of a device.';
COMMENT ON COLUMN fault_ledger.bucket IS 'Stable hash slot of device_id, 0 to 1023.';
COMMENT ON COLUMN fault_ledger.campaign_id IS 'The campaign.';
COMMENT ON COLUMN fault_ledger.device_id IS 'The device.';
COMMENT ON COLUMN fault_ledger.field IS 'Telemetry field that was corrupted.';
COMMENT ON COLUMN fault_ledger.kind IS 'null, type_mismatch, signal_drop or out_of_range.';
COMMENT ON COLUMN fault_ledger.before_value IS 'What the device had reported.';
COMMENT ON COLUMN fault_ledger.after_value IS 'What stands in device_report since.';
COMMENT ON COLUMN fault_ledger.batch_no IS 'Batch of stage corrupt that injected it.';

CREATE TABLE recovery_actions (
  bucket         int NOT NULL,
  campaign_id    int NOT NULL,
  device_id      text COLLATE "C" NOT NULL,
  action         text NOT NULL CHECK (action IN ('RETRY_UPDATE', 'FORCE_ROLLBACK')),
  policy         text NOT NULL,
  policy_version int NOT NULL,
  policy_rule    text NOT NULL,
  attempt        int NOT NULL,
  shard          int NOT NULL,
  worker         int NOT NULL,
  batch_no       int NOT NULL,
  decided_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (bucket, campaign_id, device_id)
);
COMMENT ON TABLE recovery_actions IS 'Decisions of recovery, append-only. Grain: one row at most a device and campaign.';
COMMENT ON COLUMN recovery_actions.bucket IS 'Stable hash slot of device_id, 0 to 1023.';
COMMENT ON COLUMN recovery_actions.campaign_id IS 'The campaign.';
COMMENT ON COLUMN recovery_actions.device_id IS 'The device.';
COMMENT ON COLUMN recovery_actions.action IS 'RETRY_UPDATE or FORCE_ROLLBACK.';
COMMENT ON COLUMN recovery_actions.policy IS 'Policy that decided.';
COMMENT ON COLUMN recovery_actions.policy_version IS 'Its version.';
COMMENT ON COLUMN recovery_actions.policy_rule IS 'Rule of the policy that matched first.';
COMMENT ON COLUMN recovery_actions.attempt IS 'Pass of recovery over the campaign, from 1.';
COMMENT ON COLUMN recovery_actions.shard IS 'Shard that the device fell into.';
COMMENT ON COLUMN recovery_actions.worker IS 'Worker that decided, from 0.';
COMMENT ON COLUMN recovery_actions.batch_no IS 'Batch of stage recover that the row committed with.';
COMMENT ON COLUMN recovery_actions.decided_at IS 'When its batch began to commit.';

CREATE TABLE triage_queue (
  bucket         int NOT NULL,
  campaign_id    int NOT NULL,
  device_id      text COLLATE "C" NOT NULL,
  rule_id        text NOT NULL,
  rules_version  int NOT NULL,
  field          text NOT NULL,
  raw_value      bytea,
  raw_sha256     bytea,
  findings       jsonb NOT NULL,
  state          text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'released')),
  attempt        int NOT NULL,
  shard          int NOT NULL,
  worker         int NOT NULL,
  batch_no       int NOT NULL,
  quarantined_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (bucket, campaign_id, device_id)
);
COMMENT ON TABLE triage_queue IS 'What a person must look at: the MANUAL_TRIAGE decisions. Grain: one row a quarantined device and campaign.';
COMMENT ON COLUMN triage_queue.bucket IS 'Stable hash slot of device_id, 0 to 1023.';
COMMENT ON COLUMN triage_queue.campaign_id IS 'The campaign.';
COMMENT ON COLUMN triage_queue.device_id IS 'The device.';
COMMENT ON COLUMN triage_queue.rule_id IS 'First rule that the device breaks.';
COMMENT ON COLUMN triage_queue.rules_version IS 'Version of the rule set.';
COMMENT ON COLUMN triage_queue.field IS 'Field that breaks it.';
COMMENT ON COLUMN triage_queue.raw_value IS 'The value as received, to the byte; NULL where none came.';
COMMENT ON COLUMN triage_queue.raw_sha256 IS 'SHA-256 of raw_value; NULL where none came.';
COMMENT ON COLUMN triage_queue.findings IS 'All findings in order: [{"rule", "field", "raw"}], the first of them repeated in the columns above.';
COMMENT ON COLUMN triage_queue.state IS 'open until a person decides, then released.';
COMMENT ON COLUMN triage_queue.attempt IS 'Pass of recovery over the campaign, from 1.';
COMMENT ON COLUMN triage_queue.shard IS 'Shard that the device fell into.';
COMMENT ON COLUMN triage_queue.worker IS 'Worker that decided, from 0.';
COMMENT ON COLUMN triage_queue.batch_no IS 'Batch of stage recover that the row committed with.';
COMMENT ON COLUMN triage_queue.quarantined_at IS 'When its batch began to commit.';

CREATE TABLE run (
  run_id      uuid PRIMARY KEY,
  campaign_id int,
  stage       text NOT NULL,
  options     jsonb NOT NULL,
  version     text NOT NULL,
  host        text NOT NULL,
  started_at  timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  result      text NOT NULL DEFAULT 'running' CHECK (result IN ('running', 'succeeded', 'failed', 'interrupted')),
  error       text
);
COMMENT ON TABLE run IS 'Executions of stages. Grain: one row a run.';
COMMENT ON COLUMN run.run_id IS 'The run.';
COMMENT ON COLUMN run.campaign_id IS 'The campaign; NULL until it is known.';
COMMENT ON COLUMN run.stage IS 'generate, corrupt, recover, validate or report.';
COMMENT ON COLUMN run.options IS 'What it was asked to do; never a secret.';
COMMENT ON COLUMN run.version IS 'Version of Sentinel OTA.';
COMMENT ON COLUMN run.host IS 'Machine that it ran on; never published.';
COMMENT ON COLUMN run.started_at IS 'Start.';
COMMENT ON COLUMN run.finished_at IS 'End; NULL while it runs, or where it was killed.';
COMMENT ON COLUMN run.result IS 'running, succeeded, failed or interrupted.';
COMMENT ON COLUMN run.error IS 'What went wrong, without secrets.';

CREATE TABLE batch_ledger (
  campaign_id int NOT NULL,
  stage       text NOT NULL CHECK (stage IN ('generate', 'corrupt', 'recover')),
  pass        int NOT NULL,
  batch_no    int NOT NULL,
  batches     int NOT NULL,
  run_id      uuid NOT NULL,
  worker      int NOT NULL,
  rows        bigint NOT NULL,
  checksum    text NOT NULL,
  started_at  timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (campaign_id, stage, pass, batch_no)
);
COMMENT ON TABLE batch_ledger IS 'Batches that committed; its row commits with the rows of the batch. Grain: one row a batch.';
COMMENT ON COLUMN batch_ledger.campaign_id IS 'The campaign.';
COMMENT ON COLUMN batch_ledger.stage IS 'generate, corrupt or recover.';
COMMENT ON COLUMN batch_ledger.pass IS 'Pass of the stage over the campaign, from 1; only recover has more than one.';
COMMENT ON COLUMN batch_ledger.batch_no IS 'Number of the batch in the pass, from 0.';
COMMENT ON COLUMN batch_ledger.batches IS 'Batches that the pass has in all: fixed by the run that began it.';
COMMENT ON COLUMN batch_ledger.run_id IS 'Run that committed it.';
COMMENT ON COLUMN batch_ledger.worker IS 'Worker that committed it, from 0.';
COMMENT ON COLUMN batch_ledger.rows IS 'Rows that the batch wrote.';
COMMENT ON COLUMN batch_ledger.checksum IS 'MD5 of the ids of its devices, in key order, one a line.';
COMMENT ON COLUMN batch_ledger.started_at IS 'When its transaction began.';
COMMENT ON COLUMN batch_ledger.finished_at IS 'When its last statement ran.';

CREATE TABLE validation_result (
  campaign_id int NOT NULL,
  check_name  text NOT NULL,
  ordinal     int NOT NULL,
  promise     text NOT NULL,
  expected    text NOT NULL,
  actual      text NOT NULL,
  passed      boolean NOT NULL,
  query       text NOT NULL,
  run_id      uuid NOT NULL,
  checked_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (campaign_id, check_name)
);
COMMENT ON TABLE validation_result IS 'What validate found last. Grain: one row an invariant and campaign.';
COMMENT ON COLUMN validation_result.campaign_id IS 'The campaign.';
COMMENT ON COLUMN validation_result.check_name IS 'Name of the invariant.';
COMMENT ON COLUMN validation_result.ordinal IS 'Place in the list.';
COMMENT ON COLUMN validation_result.promise IS 'What is promised, in a sentence.';
COMMENT ON COLUMN validation_result.expected IS 'What must be found.';
COMMENT ON COLUMN validation_result.actual IS 'What was found.';
COMMENT ON COLUMN validation_result.passed IS 'Whether they agree.';
COMMENT ON COLUMN validation_result.query IS 'SQL that anyone can run again.';
COMMENT ON COLUMN validation_result.run_id IS 'Run that checked.';
COMMENT ON COLUMN validation_result.checked_at IS 'When.';

CREATE TABLE lease (
  name          text PRIMARY KEY,
  run_id        uuid NOT NULL,
  holder        text NOT NULL,
  backend_pid   int NOT NULL,
  backend_start timestamptz NOT NULL,
  acquired_at   timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE lease IS 'Who may write now: one writing command at a time. Grain: one row a lease that is held.';
COMMENT ON COLUMN lease.name IS 'What is leased.';
COMMENT ON COLUMN lease.run_id IS 'Run that holds it.';
COMMENT ON COLUMN lease.holder IS 'Command and process that hold it, for the message to who must wait.';
COMMENT ON COLUMN lease.backend_pid IS 'Server process of the holder''s session: when it is gone, the lease is void.';
COMMENT ON COLUMN lease.backend_start IS 'Start of that server process, since numbers come round again.';
COMMENT ON COLUMN lease.acquired_at IS 'Since when.';

CREATE VIEW device_status AS
SELECT
  r.bucket, r.campaign_id, r.device_id, r.region, r.model, r.hardware,
  r.firmware_from, r.firmware_to, r.firmware_reported, r.last_stage, r.error_code, r.attempts,
  r.battery_voltage, r.signal_strength, r.storage_free_mb, r.reported_at,
  r.update_status AS reported_status,
  CASE
    WHEN a.device_id IS NOT NULL THEN 'Recovered'
    WHEN t.device_id IS NOT NULL THEN 'Quarantined'
    ELSE r.update_status
  END AS update_status,
  CASE
    WHEN a.device_id IS NOT NULL THEN a.action
    WHEN t.device_id IS NOT NULL THEN 'MANUAL_TRIAGE'
  END AS action
FROM device_report r
LEFT JOIN recovery_actions a
  ON a.bucket = r.bucket AND a.campaign_id = r.campaign_id AND a.device_id = r.device_id
LEFT JOIN triage_queue t
  ON t.bucket = r.bucket AND t.campaign_id = r.campaign_id AND t.device_id = r.device_id AND t.state = 'open';
COMMENT ON VIEW device_status IS 'Reports of all campaigns with the status that follows from the decisions. Grain: one row a device and campaign.';
COMMENT ON COLUMN device_status.reported_status IS 'Success or Partial, as the device reported.';
COMMENT ON COLUMN device_status.update_status IS 'Success, Partial, Recovered or Quarantined.';
COMMENT ON COLUMN device_status.action IS 'RETRY_UPDATE, FORCE_ROLLBACK or MANUAL_TRIAGE; NULL where nothing was decided.';

CREATE VIEW ota_logs AS
SELECT s.*
FROM device_status s
WHERE s.campaign_id = (SELECT c.campaign_id FROM current_campaign c);
COMMENT ON VIEW ota_logs IS 'device_status of the current campaign. Grain: one row a device.';
