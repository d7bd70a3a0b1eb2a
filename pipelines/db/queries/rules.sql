-- name: mark
SELECT obj_description(to_regclass('ota_telemetry'), 'pg_class') AS mark

-- name: ota_telemetry
CREATE OR REPLACE VIEW ota_telemetry AS
SELECT
  r.bucket, r.campaign_id, r.device_id, r.region, r.model, r.hardware, r.firmware_from, r.firmware_to, r.firmware_reported,
  r.last_stage, r.error_code, r.reported_status, r.update_status, r.action,
  :trusted_battery_voltage AS battery_voltage,
  :trusted_signal_strength AS signal_strength,
  :trusted_storage_free_mb AS storage_free_mb
FROM ota_logs r

-- name: telemetry_finding
CREATE OR REPLACE VIEW telemetry_finding AS
SELECT r.bucket, r.campaign_id, r.device_id, r.update_status AS reported_status, f.field, f.rule_id
FROM device_report r
JOIN campaign c ON c.campaign_id = r.campaign_id
CROSS JOIN LATERAL (
  VALUES
    ('battery_voltage', :finding_battery_voltage),
    ('signal_strength', :finding_signal_strength),
    ('storage_free_mb', :finding_storage_free_mb)
) AS f (field, rule_id)
WHERE f.rule_id IS NOT NULL AND f.field = ANY(c.reported_columns)

-- name: grant
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'sentinel_loader') THEN
    GRANT SELECT ON ota_telemetry, telemetry_finding TO sentinel_loader;
  END IF;
END $$
