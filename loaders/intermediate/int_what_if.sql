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
), named AS (
  SELECT
    f.*,
    CASE
      WHEN t.state = 'open' THEN 'held'
      WHEN t.device_id IS NOT NULL THEN 'settled'
      WHEN f.rule_no IS NULL AND n.device_id IS NOT NULL THEN 'held'
      ELSE 'policy'
    END AS standing,
    CASE WHEN coalesce(f.raw_error_code, '') = '' THEN '(none)' ELSE coalesce(c.error_code, '(other)') END AS code
  FROM failed f
  LEFT JOIN found n ON n.device_id = f.device_id
  LEFT JOIN stg_triage t ON t.device_id = f.device_id
  LEFT JOIN ref_what_if_code c ON c.error_code = f.raw_error_code
), asked AS (
  -- What nothing asks for is NULL, so that the devices are few combinations before their values are looked up.
  SELECT
    n.region,
    n.standing,
    CASE WHEN n.standing = 'policy' THEN n.code END AS error_code,
    CASE WHEN n.standing = 'policy' THEN coalesce(n.raw_model, '') END AS model,
    CASE WHEN n.standing = 'policy' AND a.battery_voltage THEN coalesce(n.battery_voltage, '') END AS battery_voltage,
    CASE WHEN n.standing = 'policy' AND a.signal_strength THEN coalesce(n.signal_strength, '') END AS signal_strength,
    CASE WHEN n.standing = 'policy' AND a.storage_free_mb THEN coalesce(n.storage_free_mb, '') END AS storage_free_mb,
    CASE WHEN n.standing = 'policy' AND a.attempts THEN coalesce(n.attempts, '') END AS attempts,
    count(*) AS devices
  FROM named n
  JOIN ref_what_if_code a ON a.error_code = n.code
  GROUP BY ALL
), reported AS (
  SELECT 'battery_voltage' AS field, battery_voltage AS raw FROM asked GROUP BY battery_voltage
  UNION ALL SELECT 'signal_strength', signal_strength FROM asked GROUP BY signal_strength
  UNION ALL SELECT 'storage_free_mb', storage_free_mb FROM asked GROUP BY storage_free_mb
  UNION ALL SELECT 'attempts', attempts FROM asked GROUP BY attempts
), stepped AS (
  SELECT v.field, v.raw, CASE
    WHEN v.raw = '' THEN '(none)'
    WHEN v.number IS NULL THEN '(text)'
    WHEN v.number = s.edge THEN s.at
    ELSE s.after
  END AS step
  FROM (SELECT field, raw, number_of(raw) AS number FROM reported WHERE raw IS NOT NULL) v
  LEFT JOIN ref_what_if_step s
    ON s.field = v.field AND v.number >= s.edge AND (v.number < s.next_edge OR s.next_edge IS NULL)
)
SELECT
  CASE WHEN p.place > 12 THEN '(other)' ELSE k.region END AS region,
  k.standing,
  k.error_code,
  CASE
    WHEN k.model IS NULL OR NOT EXISTS (FROM ref_what_if_model) THEN NULL
    WHEN k.model = '' THEN '(none)'
    ELSE coalesce(m.model, '(other)')
  END AS model,
  b.step AS battery_voltage,
  s.step AS signal_strength,
  g.step AS storage_free_mb,
  t.step AS attempts,
  sum(k.devices)::INTEGER AS devices
FROM asked k
JOIN place p ON p.region = k.region
LEFT JOIN ref_what_if_model m ON m.model = k.model
LEFT JOIN stepped b ON b.field = 'battery_voltage' AND b.raw = k.battery_voltage
LEFT JOIN stepped s ON s.field = 'signal_strength' AND s.raw = k.signal_strength
LEFT JOIN stepped g ON g.field = 'storage_free_mb' AND g.raw = k.storage_free_mb
LEFT JOIN stepped t ON t.field = 'attempts' AND t.raw = k.attempts
GROUP BY ALL;
