-- model: stg_compared
-- question: Which campaigns stand side by side, and with which settings were they run?
-- grain: one row a campaign: the one that is shown, and those nearest to it that are whole
-- columns:
--   campaign_id       INTEGER    Number of the campaign.
--   campaign          VARCHAR    What --campaign names it by.
--   title             VARCHAR    What a person reads as the name of the rollout.
--   source            VARCHAR    generated or imported.
--   source_file       VARCHAR    Name, without folder, of the imported file.
--   source_sha256     VARCHAR    SHA-256 of the imported file, or of what the fleet was generated from.
--   firmware_to       VARCHAR    Version that the rollout installs; NULL where an import does not say.
--   seed              BIGINT     Seed of the generated fleet.
--   device_count      BIGINT     Devices that the campaign has to store.
--   reports_stages    BOOLEAN    Whether its source says at which stage a device stopped.
--   counts_contradictions  BOOLEAN  Whether a success that the reported version contradicts counts as failed.
--   rules             VARCHAR    Rule set that judges it.
--   fault_profile     VARCHAR    Chaos profile that corrupt used; NULL until it has run.
--   fault_rate        DOUBLE     Share of devices corrupted on purpose, 0 to 1; NULL until corrupt has run.
--   fault_seed        BIGINT     Seed that corrupt used; NULL until it has run.
--   batch_size        INTEGER    Devices that commit together when they are stored.
--   created_at        TIMESTAMP  When the campaign was created, UTC.
--   workers           INTEGER    Workers that committed batches of recovery.
--   recovered_at      TIMESTAMP  When the last batch of recovery committed, UTC; NULL until it has run.
--   recovery_ms       DOUBLE     Milliseconds that the passes of recovery took; NULL until it has run.
--   triage_decisions  INTEGER    Decisions of people in triage, also those that were taken back since.
--   version           VARCHAR    Version of Sentinel OTA that ran last over the campaign.
--   campaigns         INTEGER    Campaigns of the database that are whole, with the one that is shown.
CREATE TABLE stg_compared AS
WITH told AS (
  FROM pulled('compared', {
    'campaign_id': 'VARCHAR', 'campaign': 'VARCHAR', 'title': 'VARCHAR', 'source': 'VARCHAR', 'source_file': 'VARCHAR',
    'source_sha256': 'VARCHAR', 'firmware_to': 'VARCHAR', 'seed': 'VARCHAR', 'device_count': 'VARCHAR', 'reports_stages': 'VARCHAR',
    'counts_contradictions': 'VARCHAR', 'rules': 'VARCHAR', 'fault_profile': 'VARCHAR', 'fault_rate': 'VARCHAR', 'fault_seed': 'VARCHAR',
    'batch_size': 'VARCHAR', 'created_at': 'VARCHAR', 'workers': 'VARCHAR', 'recovered_at': 'VARCHAR', 'recovery_ms': 'VARCHAR',
    'triage_decisions': 'VARCHAR', 'version': 'VARCHAR', 'campaigns': 'VARCHAR'
  })
)
SELECT * REPLACE (
    reports_stages = '1' AS reports_stages,
    counts_contradictions = '1' AS counts_contradictions,
    workers::INTEGER AS workers,
    recovered_at::TIMESTAMP AS recovered_at,
    recovery_ms::DOUBLE AS recovery_ms,
    triage_decisions::INTEGER AS triage_decisions,
    campaigns::INTEGER AS campaigns
  )
FROM campaign_figures('told');
