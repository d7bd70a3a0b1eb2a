-- name: settings
SELECT s.name, current_setting(s.name) AS shown, s.context,
  CASE s.unit
    WHEN '8kB' THEN s.setting::float8 * 8192
    WHEN 'kB' THEN s.setting::float8 * 1024
    WHEN 'MB' THEN s.setting::float8 * 1048576
    WHEN 's' THEN s.setting::float8
    WHEN 'min' THEN s.setting::float8 * 60
    ELSE CASE WHEN s.setting ~ '^-?[0-9]+([.][0-9]+)?$' THEN s.setting::float8 END
  END AS amount
FROM pg_settings s
WHERE s.name = ANY($1)

-- name: without_key
SELECT c.name
FROM campaign c
WHERE NOT EXISTS (
  SELECT FROM pg_index i WHERE i.indrelid = to_regclass('stored_report_' || c.campaign_id) AND i.indisprimary
)
ORDER BY c.campaign_id
