-- model: fault_detection
-- question: Do the rules find what chaos injected, and nothing else?
-- grain: one row a field and fault kind that was injected or falsely found
-- order: field and kind in their order
-- columns:
--   field         VARCHAR  Field of the report.
--   kind          VARCHAR  Fault kind.
--   kind_ordinal  INTEGER  Its place among the kinds; NULL of one that is unknown.
--   layer         VARCHAR  syntactic, where the value alone gives it away, or contextual.
--   injected      INTEGER  Faults of the kind that were injected into the field.
--   found         INTEGER  Injected faults on whose field a rule finds fault, any rule; a false success is found by what it counts as.
--   right_rule    INTEGER  Injected faults that the rule found which is there for the kind.
--   missed        INTEGER  Injected faults that were not found.
--   elsewhere     INTEGER  Of the missed, those whose device breaks a rule in another field.
--   false_alarms  INTEGER  Findings of the kind's rules on the field where nothing was injected.
--   precision     DOUBLE   found / (found + false_alarms), 0 to 1; NULL where nothing was found.
--   recall        DOUBLE   found / injected, 0 to 1; NULL where nothing was injected.
CREATE TABLE fault_detection AS
WITH fault AS (
  SELECT
    i.field,
    i.kind,
    f.device_id IS NOT NULL OR i.is_counted AS is_found,
    coalesce(list_contains(f.detects, i.kind), false) OR i.is_counted AS is_rightly,
    e.device_id IS NOT NULL AND NOT is_found AS is_elsewhere
  FROM (
    SELECT x.device_id, x.field, x.kind, x.kind = 'false_success' AND EXISTS (
      FROM stg_device d
      JOIN stg_outcome o ON o.outcome_no = d.outcome_no AND o.counted_status <> o.reported_status
      WHERE d.device_id = x.device_id
    ) AS is_counted
    FROM stg_fault x
  ) i
  LEFT JOIN (SELECT DISTINCT device_id, field, detects FROM int_finding) f ON f.device_id = i.device_id AND f.field = i.field
  LEFT JOIN (SELECT DISTINCT device_id FROM int_finding) e ON e.device_id = i.device_id
), injected AS (
  SELECT
    field,
    kind,
    count(*)::INTEGER AS injected,
    count(*) FILTER (is_found)::INTEGER AS found,
    count(*) FILTER (is_rightly)::INTEGER AS right_rule,
    count(*) FILTER (is_elsewhere)::INTEGER AS elsewhere
  FROM fault
  GROUP BY field, kind
), false_alarm AS (
  SELECT f.field, f.detects[1] AS kind, count(*)::INTEGER AS findings
  FROM int_finding f
  ANTI JOIN stg_fault i ON i.device_id = f.device_id AND i.field = f.field
  GROUP BY f.field, f.detects[1]
)
SELECT
  coalesce(i.field, a.field) AS field,
  coalesce(i.kind, a.kind) AS kind,
  k.ordinal AS kind_ordinal,
  k.layer,
  coalesce(i.injected, 0) AS injected,
  coalesce(i.found, 0) AS found,
  coalesce(i.right_rule, 0) AS right_rule,
  coalesce(i.injected - i.found, 0) AS missed,
  coalesce(i.elsewhere, 0) AS elsewhere,
  coalesce(a.findings, 0) AS false_alarms,
  rate_of(coalesce(i.found, 0), coalesce(i.found, 0) + coalesce(a.findings, 0)) AS precision,
  rate_of(i.found, i.injected) AS recall
FROM injected i
FULL JOIN false_alarm a ON a.field = i.field AND a.kind = i.kind
LEFT JOIN ref_field f ON f.field = coalesce(i.field, a.field)
LEFT JOIN ref_kind k ON k.kind = coalesce(i.kind, a.kind)
ORDER BY f.ordinal, 1, k.ordinal, 2;
