-- model: fault_detection
-- question: Do the rules find what chaos injected, and nothing else?
-- grain: one row a telemetry field and fault kind that was injected or falsely found
-- order: field and kind in their order
-- columns:
--   field         VARCHAR  Telemetry field.
--   kind          VARCHAR  Fault kind: null, type_mismatch, signal_drop or out_of_range.
--   injected      INTEGER  Faults of the kind that were injected into the field.
--   found         INTEGER  Injected faults whose device and field break a rule, any rule.
--   right_rule    INTEGER  Injected faults that the rule found which is there for the kind.
--   missed        INTEGER  Injected faults that no rule found.
--   false_alarms  INTEGER  Findings on the field, where nothing was injected, of rules that are there for the kind first.
--   precision     DOUBLE   found / (found + false_alarms), 0 to 1; NULL where nothing was found.
--   recall        DOUBLE   found / injected, 0 to 1; NULL where nothing was injected.
CREATE TABLE fault_detection AS
WITH injected AS (
  SELECT
    i.field,
    i.kind,
    count(*)::INTEGER AS injected,
    count(f.device_id)::INTEGER AS found,
    count(*) FILTER (list_contains(f.detects, i.kind))::INTEGER AS right_rule
  FROM stg_fault i
  LEFT JOIN int_finding f ON f.device_id = i.device_id AND f.field = i.field
  GROUP BY i.field, i.kind
), false_alarm AS (
  SELECT f.field, f.detects[1] AS kind, count(*)::INTEGER AS findings
  FROM int_finding f
  ANTI JOIN stg_fault i ON i.device_id = f.device_id AND i.field = f.field
  GROUP BY f.field, f.detects[1]
)
SELECT
  coalesce(i.field, a.field) AS field,
  coalesce(i.kind, a.kind) AS kind,
  coalesce(i.injected, 0) AS injected,
  coalesce(i.found, 0) AS found,
  coalesce(i.right_rule, 0) AS right_rule,
  coalesce(i.injected - i.found, 0) AS missed,
  coalesce(a.findings, 0) AS false_alarms,
  rate_of(coalesce(i.found, 0), coalesce(i.found, 0) + coalesce(a.findings, 0)) AS precision,
  rate_of(i.found, i.injected) AS recall
FROM injected i
FULL JOIN false_alarm a ON a.field = i.field AND a.kind = i.kind
LEFT JOIN ref_field f ON f.field = coalesce(i.field, a.field)
LEFT JOIN ref_kind k ON k.kind = coalesce(i.kind, a.kind)
ORDER BY f.ordinal, 1, k.ordinal, 2;
