-- name: mark
SELECT obj_description(to_regclass('ota_telemetry'), 'pg_class') AS mark

-- Where all campaigns have the same rules, nothing asks for the campaign, and PostgreSQL leaves it out.
-- name: ota_telemetry
CREATE OR REPLACE VIEW ota_telemetry AS
SELECT
  r.bucket, r.campaign_id, r.device_id, r.region, r.model, r.hardware, r.firmware_from, r.firmware_to, r.firmware_reported,
  r.last_stage, r.error_code, r.reported_status, r.update_status, r.action,
  :trusted_battery_voltage AS battery_voltage,
  :trusted_signal_strength AS signal_strength,
  :trusted_storage_free_mb AS storage_free_mb
FROM ota_logs r
LEFT JOIN device_amendment a ON a.bucket = r.bucket AND a.campaign_id = r.campaign_id AND a.device_id = r.device_id
LEFT JOIN campaign c ON c.campaign_id = r.campaign_id

-- name: telemetry_finding
CREATE OR REPLACE VIEW telemetry_finding AS
SELECT f.bucket, f.campaign_id, f.device_id, f.reported_status, f.field, f.rule_id, f.rules_version, k.severity, k.effect
FROM (
:scans
) f
JOIN (VALUES :facts) AS k (rule_set, rule_id, severity, effect) ON k.rule_set = f.rule_set AND k.rule_id = f.rule_id

-- name: findings_of_field
SELECT r.bucket, r.campaign_id, r.device_id, o.update_status AS reported_status, :field AS field, :finding AS rule_id,
  :version AS rules_version, :set AS rule_set
FROM stored_report r
JOIN campaign c ON c.campaign_id = r.campaign_id
LEFT JOIN device_profile p ON p.campaign_id = r.campaign_id AND p.profile_no = r.profile_no
LEFT JOIN update_outcome o ON o.campaign_id = r.campaign_id AND o.outcome_no = r.outcome_no
WHERE :is_reported AND :finding IS NOT NULL

-- name: comment
COMMENT ON VIEW telemetry_finding IS 'Rules that reports of all campaigns break, whatever their status. Grain: one row a device, campaign and field.';
COMMENT ON COLUMN telemetry_finding.severity IS 'How bad the rule says it is: critical, warning or info.';
COMMENT ON COLUMN telemetry_finding.effect IS 'What follows for a Partial device: quarantine, warn or halt.'

-- name: grant
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'sentinel_loader') THEN
    GRANT SELECT ON ota_telemetry, telemetry_finding TO sentinel_loader;
  END IF;
END $$
