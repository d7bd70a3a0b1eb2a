-- What the rules find on one field. A fleet reports few different values: each is judged once, and only where that depends on the rest of the
-- report ('?') the devices that reported it are asked. The value is taken as an aggregate, since DuckDB would judge what it groups by before it does.
INSERT INTO memory.findings
SELECT f.device_id, f.profile_no, f.outcome_no, f.field, f.rule_id, f.raw
FROM (
  SELECT d.device_id, d.profile_no, d.outcome_no, :field AS field, v.raw,
    CASE WHEN v.rule_id = '?' THEN :finding ELSE v.rule_id END AS rule_id
  FROM stg_device d
  JOIN stg_profile p ON p.profile_no = d.profile_no
  JOIN stg_outcome o ON o.outcome_no = d.outcome_no
  JOIN (
    SELECT u.raw, u.rule_id
    FROM (SELECT w.raw, :value_finding AS rule_id FROM (SELECT any_value(:column) AS raw FROM :relation GROUP BY :column) w) u
    WHERE u.rule_id IS NOT NULL
  ) v ON v.raw IS NOT DISTINCT FROM :column
) f
WHERE f.rule_id IS NOT NULL AND (
  :field = 'device_id' OR (SELECT list_contains(k.reported_columns, :field) FROM stg_campaign k)
)
