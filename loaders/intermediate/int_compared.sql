-- model: int_compared
-- question: What became of each campaign that can be compared, and which fleet was it?
-- grain: one row a campaign, all of whose devices were counted, and no more decisions than failures
-- columns:
--   campaign_id     INTEGER  Number of the campaign.
--   ordinal         INTEGER  Its place among those that are compared, 1 is the newest.
--   is_shown        BOOLEAN  Whether it is the campaign that the rest of the marts is about.
--   fleet           VARCHAR  The same for two campaigns over the same devices with the same reports before any chaos, hexadecimal.
--   origin          VARCHAR  The same for generated fleets of which the smaller is a part of the larger; NULL of an import.
--   devices         BIGINT   Devices stored.
--   failed          BIGINT   Devices that count as Partial, whatever followed.
--   retried         BIGINT   Devices for which RETRY_UPDATE was decided.
--   rolled_back     BIGINT   Devices for which FORCE_ROLLBACK was decided.
--   quarantined     BIGINT   Devices that are held back for a person.
--   undecided       BIGINT   Failed devices for which nothing was decided.
--   policy          VARCHAR  Policies that decided, each with its version; NULL where none did.
--   rules_version   INTEGER  Version of the rule set that held devices back; NULL where none was held.
CREATE TABLE int_compared AS
WITH decided AS (
  SELECT k.campaign_id, c.rule_no, sum(c.devices)::BIGINT AS devices
  FROM int_cohort c
  CROSS JOIN stg_campaign k
  WHERE c.rule_no IS NOT NULL
  GROUP BY k.campaign_id, c.rule_no
  UNION ALL
  SELECT campaign_id, rule_no, devices FROM stg_tally WHERE rule_no IS NOT NULL
), acted AS (
  SELECT
    d.campaign_id,
    sum(d.devices) FILTER (r.action = 'RETRY_UPDATE') AS retried,
    sum(d.devices) FILTER (r.action = 'FORCE_ROLLBACK') AS rolled_back,
    sum(d.devices) FILTER (r.action = 'MANUAL_TRIAGE') AS quarantined,
    string_agg(DISTINCT r.policy || ', version ' || r.policy_version, '; ' ORDER BY r.policy || ', version ' || r.policy_version) AS policy
  FROM decided d
  JOIN stg_rule r ON r.rule_no = d.rule_no
  GROUP BY d.campaign_id
), reported AS (
  SELECT campaign_id, sum(devices) AS devices, coalesce(sum(devices) FILTER (failed), 0) AS failed FROM int_tally GROUP BY campaign_id
), held AS (
  SELECT campaign_id, max(rules_version) AS rules_version FROM stg_tally GROUP BY campaign_id
  UNION ALL
  SELECT k.campaign_id, max(t.rules_version) FROM stg_campaign k LEFT JOIN stg_triage t ON true GROUP BY k.campaign_id
)
SELECT
  c.campaign_id,
  row_number() OVER (ORDER BY c.created_at DESC, c.campaign_id DESC)::INTEGER AS ordinal,
  k.campaign_id IS NOT NULL AS is_shown,
  left(sha256(concat_ws(' ', c.source, c.source_sha256, CASE WHEN c.source = 'generated' THEN c.seed END, c.device_count)), 12) AS fleet,
  CASE WHEN c.source = 'generated' THEN left(sha256(concat_ws(' ', c.source_sha256, c.seed)), 12) END AS origin,
  coalesce(r.devices, 0)::BIGINT AS devices,
  coalesce(r.failed, 0)::BIGINT AS failed,
  coalesce(a.retried, 0)::BIGINT AS retried,
  coalesce(a.rolled_back, 0)::BIGINT AS rolled_back,
  coalesce(a.quarantined, 0)::BIGINT AS quarantined,
  (coalesce(r.failed, 0) - coalesce(a.retried, 0) - coalesce(a.rolled_back, 0) - coalesce(a.quarantined, 0))::BIGINT AS undecided,
  a.policy,
  h.rules_version
FROM stg_compared c
LEFT JOIN stg_campaign k ON k.campaign_id = c.campaign_id
LEFT JOIN reported r ON r.campaign_id = c.campaign_id
LEFT JOIN acted a ON a.campaign_id = c.campaign_id
LEFT JOIN held h ON h.campaign_id = c.campaign_id
WHERE k.campaign_id IS NOT NULL
   OR (r.devices = c.device_count AND coalesce(a.retried, 0) + coalesce(a.rolled_back, 0) + coalesce(a.quarantined, 0) <= r.failed);
