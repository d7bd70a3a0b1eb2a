-- model: rule_finding
-- question: How much does each rule find, and how much of that was put there on purpose?
-- grain: one row a rule of the rule set
-- order: the most findings first, then the rules' order
-- columns:
--   rule_id         VARCHAR  The rule.
--   field           VARCHAR  Field that it judges.
--   severity        VARCHAR  critical, warning or info.
--   detects         VARCHAR  Fault kinds that it is there to find, with a comma between them.
--   findings        INTEGER  Fields of devices that it is the first rule to find fault with.
--   injected        INTEGER  Of these, fields that chaos had corrupted.
--   right_kind      INTEGER  Of these, by a kind that the rule is there to find.
--   precision       DOUBLE   injected / findings, 0 to 1; NULL where it found nothing.
--   precision_low   DOUBLE   Lower 95 % Wilson bound of precision, 0 to 1.
--   precision_high  DOUBLE   Upper 95 % Wilson bound of precision, 0 to 1.
CREATE TABLE rule_finding AS
WITH counted AS (
  SELECT
    f.rule_id,
    count(*)::INTEGER AS findings,
    count(*) FILTER (len(f.kinds) > 0)::INTEGER AS injected,
    count(*) FILTER (list_has_any(f.kinds, f.detects))::INTEGER AS right_kind
  FROM (
    SELECT n.rule_id, n.detects, coalesce(list(s.kind) FILTER (s.kind IS NOT NULL), []) AS kinds
    FROM int_finding n
    LEFT JOIN stg_fault s ON s.device_id = n.device_id AND s.field = n.field
    GROUP BY n.device_id, n.field, n.rule_id, n.detects
  ) f
  GROUP BY f.rule_id
)
SELECT
  r.rule_id,
  r.field,
  r.severity,
  array_to_string(r.detects, ', ') AS detects,
  coalesce(c.findings, 0) AS findings,
  coalesce(c.injected, 0) AS injected,
  coalesce(c.right_kind, 0) AS right_kind,
  rate_of(coalesce(c.injected, 0), coalesce(c.findings, 0)) AS precision,
  wilson_low(coalesce(c.injected, 0), coalesce(c.findings, 0)) AS precision_low,
  wilson_high(coalesce(c.injected, 0), coalesce(c.findings, 0)) AS precision_high
FROM ref_rule r
LEFT JOIN counted c ON c.rule_id = r.rule_id
ORDER BY findings DESC, r.ordinal;
