-- model: int_triage
-- question: How does each place of the triage queue stand?
-- grain: one row a device that was ever held
-- columns:
--   device_id  VARCHAR  The device.
--   rule_id    VARCHAR  First rule that it broke.
--   region     VARCHAR  Region; '(none)' where the device reports none, '(untrusted)' where a rule finds fault with it.
--   severity   VARCHAR  Worst severity of the rules that it broke; critical where none of them is in the rule set any more.
--   standing   VARCHAR  open; waiting for recovery, released; recovered since; rejected, and then a person has decided; repaired by a rule.
CREATE TABLE int_triage AS
WITH worst AS (
  SELECT b.device_id, arg_min(s.severity, s.ordinal) AS severity
  FROM (SELECT device_id, unnest(list_append(rules, rule_id)) AS rule_id FROM stg_triage) b
  JOIN ref_rule r ON r.rule_id = b.rule_id
  JOIN ref_severity s ON s.severity = r.severity
  GROUP BY b.device_id
), last AS (
  SELECT device_id, arg_max(by_rule, version) AS by_rule FROM stg_triage_decision GROUP BY device_id
)
SELECT
  t.device_id,
  t.rule_id,
  trusted_region(t.region) AS region,
  coalesce(w.severity, 'critical') AS severity,
  CASE
    WHEN t.state IN ('open', 'rejected') THEN t.state
    WHEN t.rule_no IS NULL THEN 'waiting'
    WHEN l.by_rule THEN 'repaired'
    ELSE 'recovered'
  END AS standing
FROM stg_triage t
LEFT JOIN worst w ON w.device_id = t.device_id
LEFT JOIN last l ON l.device_id = t.device_id;
