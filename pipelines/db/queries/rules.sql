-- name: mark
SELECT obj_description(to_regclass('ota_telemetry'), 'pg_class') AS mark

-- name: ota_telemetry
CREATE OR REPLACE VIEW ota_telemetry AS
SELECT
  r.bucket, r.campaign_id, r.device_id, r.region, r.model, r.hardware, r.firmware_from, r.firmware_to, r.firmware_reported,
  r.last_stage, r.error_code, r.reported_status, r.update_status, r.action,
  CASE WHEN r.waived_battery_voltage = :finding_battery_voltage THEN :number_battery_voltage ELSE :trusted_battery_voltage END AS battery_voltage,
  CASE WHEN r.waived_signal_strength = :finding_signal_strength THEN :number_signal_strength ELSE :trusted_signal_strength END AS signal_strength,
  CASE WHEN r.waived_storage_free_mb = :finding_storage_free_mb THEN :number_storage_free_mb ELSE :trusted_storage_free_mb END AS storage_free_mb
FROM (
  SELECT s.bucket, s.campaign_id, s.device_id, s.region, s.model, s.hardware, s.firmware_from, s.firmware_to, s.firmware_reported,
    s.last_stage, s.error_code, s.reported_status, s.update_status, s.action,
    coalesce(a.fixed_battery_voltage, s.battery_voltage) AS battery_voltage,
    coalesce(a.fixed_signal_strength, s.signal_strength) AS signal_strength,
    coalesce(a.fixed_storage_free_mb, s.storage_free_mb) AS storage_free_mb,
    a.waived_battery_voltage, a.waived_signal_strength, a.waived_storage_free_mb
  FROM ota_logs s
  LEFT JOIN device_amendment a ON a.bucket = s.bucket AND a.campaign_id = s.campaign_id AND a.device_id = s.device_id
) r

-- One scan a field: a LATERAL list of the three sets its expressions up anew for every row, and took ten times as long.
-- name: telemetry_finding
CREATE OR REPLACE VIEW telemetry_finding AS
SELECT r.bucket, r.campaign_id, r.device_id, o.update_status AS reported_status, 'battery_voltage' AS field,
  :finding_battery_voltage AS rule_id
FROM stored_report r
JOIN campaign c ON c.campaign_id = r.campaign_id AND 'battery_voltage' = ANY(c.reported_columns)
LEFT JOIN update_outcome o ON o.campaign_id = r.campaign_id AND o.outcome_no = r.outcome_no
WHERE :finding_battery_voltage IS NOT NULL
UNION ALL
SELECT r.bucket, r.campaign_id, r.device_id, o.update_status AS reported_status, 'signal_strength' AS field,
  :finding_signal_strength AS rule_id
FROM stored_report r
JOIN campaign c ON c.campaign_id = r.campaign_id AND 'signal_strength' = ANY(c.reported_columns)
LEFT JOIN update_outcome o ON o.campaign_id = r.campaign_id AND o.outcome_no = r.outcome_no
WHERE :finding_signal_strength IS NOT NULL
UNION ALL
SELECT r.bucket, r.campaign_id, r.device_id, o.update_status AS reported_status, 'storage_free_mb' AS field,
  :finding_storage_free_mb AS rule_id
FROM stored_report r
JOIN campaign c ON c.campaign_id = r.campaign_id AND 'storage_free_mb' = ANY(c.reported_columns)
LEFT JOIN update_outcome o ON o.campaign_id = r.campaign_id AND o.outcome_no = r.outcome_no
WHERE :finding_storage_free_mb IS NOT NULL

-- name: comment
COMMENT ON VIEW telemetry_finding IS 'Rules that reports of all campaigns break, whatever their status. Grain: one row a device, campaign and field.'

-- name: grant
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'sentinel_loader') THEN
    GRANT SELECT ON ota_telemetry, telemetry_finding TO sentinel_loader;
  END IF;
END $$
