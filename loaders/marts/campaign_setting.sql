-- model: campaign_setting
-- question: With which settings was each of the campaigns run?
-- grain: one row a campaign and setting, in the order in which they take effect
-- order: campaign as in campaign_rate, ordinal
-- columns:
--   campaign  VARCHAR  The campaign.
--   setting   VARCHAR  The setting.
--   ordinal   INTEGER  Its place, from 1.
--   value     VARCHAR  Its value; NULL where there is none.
--   decides   BOOLEAN  Whether figures can hang on it: on workers, batches and times they do not.
CREATE TABLE campaign_setting AS
SELECT c.campaign, s.setting, s.ordinal, s.value, s.decides
FROM int_compared i
JOIN stg_compared c ON c.campaign_id = i.campaign_id
CROSS JOIN LATERAL (
  VALUES
    (1, 'source', c.source, true),
    (2, 'file', c.source_file, true),
    (3, 'seed', CASE WHEN c.source = 'generated' THEN c.seed::VARCHAR END, true),
    (4, 'devices', c.device_count::VARCHAR, true),
    (5, 'inputs', left(c.source_sha256, 12), true),
    (6, 'firmware', c.firmware_to, true),
    (7, 'false successes count as failed', CASE WHEN c.counts_contradictions THEN 'yes' ELSE 'no' END, true),
    (8, 'chaos profile', c.fault_profile, true),
    (9, 'chaos rate', c.fault_rate::VARCHAR, true),
    (10, 'chaos seed', c.fault_seed::VARCHAR, true),
    (11, 'rules', c.rules, true),
    (12, 'rules version', i.rules_version::VARCHAR, true),
    (13, 'policy', i.policy, true),
    (14, 'decisions of people', c.triage_decisions::VARCHAR, true),
    (15, 'Sentinel OTA', c.version, true),
    (16, 'created', iso(c.created_at), false),
    (17, 'recovered', iso(c.recovered_at), false),
    (18, 'recovery took, ms', round(c.recovery_ms)::BIGINT::VARCHAR, false),
    (19, 'workers', c.workers::VARCHAR, false),
    (20, 'batch size', c.batch_size::VARCHAR, false)
) AS s (ordinal, setting, value, decides)
ORDER BY i.ordinal, s.ordinal;
