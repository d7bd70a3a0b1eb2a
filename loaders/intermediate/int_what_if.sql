-- model: int_what_if
-- question: What does each device that failed report of what the policy asks about, to within a step?
-- grain: one row a combination of what follows; none where the policy can't be tried
-- columns:
--   region           VARCHAR  Region; '(other)' beyond the twelve where most devices failed.
--   standing         VARCHAR  policy, held or settled; see policy_base.
--   error_code       VARCHAR  Error code, where the policy names it; '(other)' or '(none)'.
--   model            VARCHAR  Model, where the policy names it; '(other)' or '(none)'.
--   battery_voltage  VARCHAR  A value that no line at a step tells from the reported one; '(none)', '(text)', or NULL where nothing asks for it.
--   signal_strength  VARCHAR  The same.
--   storage_free_mb  VARCHAR  The same.
--   attempts         VARCHAR  The same.
--   devices          INTEGER  Devices.
CREATE TABLE int_what_if AS
WITH failed AS (
  SELECT d.device_id, p.region, d.rule_no, o.raw_error_code, p.raw_model, d.battery_voltage, d.signal_strength, d.storage_free_mb, d.attempts
  FROM stg_device d
  JOIN stg_profile p ON p.profile_no = d.profile_no
  JOIN stg_outcome o ON o.outcome_no = d.outcome_no AND o.counted_status = 'Partial'
  WHERE (SELECT reason IS NULL FROM ref_policy)
), place AS (
  SELECT region, row_number() OVER (ORDER BY count(*) DESC, region) AS place FROM failed GROUP BY region
), found AS (
  SELECT DISTINCT device_id FROM int_finding WHERE failed
), reported AS (
  SELECT 'battery_voltage' AS field, battery_voltage AS raw FROM failed GROUP BY battery_voltage
  UNION ALL SELECT 'signal_strength', signal_strength FROM failed GROUP BY signal_strength
  UNION ALL SELECT 'storage_free_mb', storage_free_mb FROM failed GROUP BY storage_free_mb
  UNION ALL SELECT 'attempts', attempts FROM failed GROUP BY attempts
), stepped AS (
  SELECT v.field, v.raw, CASE
    WHEN coalesce(v.raw, '') = '' THEN '(none)'
    WHEN v.number IS NULL THEN '(text)'
    WHEN v.number = s.edge THEN s.at
    ELSE s.after
  END AS step
  FROM (SELECT field, raw, number_of(raw) AS number FROM reported) v
  LEFT JOIN ref_what_if_step s
    ON s.field = v.field AND v.number >= s.edge AND (v.number < s.next_edge OR s.next_edge IS NULL)
), named AS (
  SELECT
    f.*,
    CASE WHEN g.place > 12 THEN '(other)' ELSE f.region END AS place,
    CASE
      WHEN t.state = 'open' THEN 'held'
      WHEN t.device_id IS NOT NULL THEN 'settled'
      WHEN f.rule_no IS NULL AND n.device_id IS NOT NULL THEN 'held'
      ELSE 'policy'
    END AS standing,
    CASE WHEN coalesce(f.raw_error_code, '') = '' THEN '(none)' ELSE coalesce(c.error_code, '(other)') END AS code,
    CASE
      WHEN NOT EXISTS (FROM ref_what_if_model) THEN NULL
      WHEN coalesce(f.raw_model, '') = '' THEN '(none)'
      ELSE coalesce(m.model, '(other)')
    END AS model
  FROM failed f
  JOIN place g ON g.region = f.region
  LEFT JOIN found n ON n.device_id = f.device_id
  LEFT JOIN stg_triage t ON t.device_id = f.device_id
  LEFT JOIN ref_what_if_code c ON c.error_code = f.raw_error_code
  LEFT JOIN ref_what_if_model m ON m.model = f.raw_model
)
SELECT
  n.place AS region,
  n.standing,
  CASE WHEN n.standing = 'policy' THEN n.code END AS error_code,
  CASE WHEN n.standing = 'policy' THEN n.model END AS model,
  CASE WHEN n.standing = 'policy' AND a.battery_voltage THEN b.step END AS battery_voltage,
  CASE WHEN n.standing = 'policy' AND a.signal_strength THEN s.step END AS signal_strength,
  CASE WHEN n.standing = 'policy' AND a.storage_free_mb THEN g.step END AS storage_free_mb,
  CASE WHEN n.standing = 'policy' AND a.attempts THEN t.step END AS attempts,
  count(*)::INTEGER AS devices
FROM named n
JOIN ref_what_if_code a ON a.error_code = n.code
JOIN stepped b ON b.field = 'battery_voltage' AND b.raw IS NOT DISTINCT FROM n.battery_voltage
JOIN stepped s ON s.field = 'signal_strength' AND s.raw IS NOT DISTINCT FROM n.signal_strength
JOIN stepped g ON g.field = 'storage_free_mb' AND g.raw IS NOT DISTINCT FROM n.storage_free_mb
JOIN stepped t ON t.field = 'attempts' AND t.raw IS NOT DISTINCT FROM n.attempts
GROUP BY ALL;
