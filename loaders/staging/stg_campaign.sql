-- model: stg_campaign
-- question: Which rollout is this?
-- grain: one row
-- columns:
--   campaign_id       INTEGER    Number of the campaign.
--   campaign          VARCHAR    What --campaign names it by.
--   title             VARCHAR    What a person reads as the name of the rollout.
--   owner             VARCHAR    Who answers for a generated rollout (an invented person); NULL for an import.
--   source            VARCHAR    generated or imported.
--   source_file       VARCHAR    Name, without folder, of the imported file.
--   source_sha256     VARCHAR    SHA-256, hexadecimal, of the imported file, or of what the fleet was generated from.
--   firmware_to       VARCHAR    Version that the rollout installs; NULL where an import does not say.
--   seed              BIGINT     Seed of the generated fleet.
--   device_count      BIGINT     Devices that the campaign has to store.
--   rejected_count    BIGINT     Rows of the imported file that could not be stored.
--   batch_size        INTEGER    Devices that commit together when they are stored.
--   reported_columns  VARCHAR[]  Columns that the source has; one that is absent is no fault.
--   fault_rate        DOUBLE     Share of devices corrupted on purpose, 0 to 1; NULL until corrupt has run.
--   fault_profile     VARCHAR    Chaos profile that corrupt used; NULL until it has run.
--   fault_seed        BIGINT     Seed that corrupt used; NULL until it has run.
--   created_at        TIMESTAMP  When the campaign was created, UTC.
CREATE TABLE stg_campaign AS
WITH told AS (
  FROM pulled('campaign', {
    'campaign_id': 'VARCHAR', 'name': 'VARCHAR', 'title': 'VARCHAR', 'owner': 'VARCHAR', 'source': 'VARCHAR',
    'source_file': 'VARCHAR', 'source_sha256': 'VARCHAR', 'firmware_to': 'VARCHAR', 'seed': 'VARCHAR',
    'device_count': 'VARCHAR', 'rejected_count': 'VARCHAR', 'batch_size': 'VARCHAR', 'reported_columns': 'VARCHAR',
    'fault_rate': 'VARCHAR', 'fault_profile': 'VARCHAR', 'fault_seed': 'VARCHAR', 'created_at': 'VARCHAR'
  })
)
SELECT * REPLACE (
    rejected_count::BIGINT AS rejected_count,
    from_json(reported_columns, '["VARCHAR"]') AS reported_columns
  ) RENAME (name AS campaign)
FROM campaign_figures('told');
