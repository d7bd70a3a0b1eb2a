-- model: int_finding
-- question: Which fields of which devices break a rule, and with what value?
-- grain: one row a device and field that breaks a rule
-- columns:
--   device_id  VARCHAR    The device.
--   region     VARCHAR    Region; '(none)' where the device reports none.
--   failed     BOOLEAN    Whether the device counts as Partial.
--   field      VARCHAR    Field that a rule finds fault with.
--   rule_id    VARCHAR    First rule that the field breaks.
--   detects    VARCHAR[]  Fault kinds that the rule is there to find.
--   raw        VARCHAR    The value as reported; NULL where none came.
CREATE TABLE int_finding AS
SELECT f.device_id, p.region, o.counted_status = 'Partial' AS failed, f.field, f.rule_id, r.detects, f.raw
FROM memory.findings f
JOIN stg_profile p ON p.profile_no = f.profile_no
JOIN stg_outcome o ON o.outcome_no = f.outcome_no
JOIN ref_rule r ON r.rule_id = f.rule_id;
