-- model: detection_score
-- question: How well are faults found, by kind, by layer, and in all, and how sure is that?
-- grain: one row a fault kind, a layer, and the whole, as far as anything was injected or found there
-- order: kinds in their order, then layers, then the whole
-- columns:
--   scope           VARCHAR  kind, layer or all.
--   name            VARCHAR  Fault kind or layer; 'all' for the whole.
--   layer           VARCHAR  syntactic or contextual; NULL for the whole.
--   injected        INTEGER  Faults that were injected.
--   found           INTEGER  Of these, those on whose field a rule finds fault.
--   right_rule      INTEGER  Of these, those that the rule found which is there for the kind.
--   missed          INTEGER  Faults that were not found.
--   elsewhere       INTEGER  Of the missed, those whose device breaks a rule in another field.
--   false_alarms    INTEGER  Findings where nothing was injected.
--   recall          DOUBLE   found / injected, 0 to 1; NULL where nothing was injected.
--   recall_low      DOUBLE   Lower 95 % Wilson bound of recall.
--   recall_high     DOUBLE   Upper 95 % Wilson bound of recall.
--   precision       DOUBLE   found / (found + false_alarms), 0 to 1; NULL of an import, of which nobody knows what else is wrong with it.
--   precision_low   DOUBLE   Lower 95 % Wilson bound of precision.
--   precision_high  DOUBLE   Upper 95 % Wilson bound of precision.
--   f1              DOUBLE   Harmonic mean of precision and recall, 0 to 1; NULL of an import.
--   f1_low          DOUBLE   Lower bound of f1, from the 95 % Wilson interval of found / (injected + false_alarms).
--   f1_high         DOUBLE   Upper bound of f1, likewise.
CREATE TABLE detection_score AS
WITH part AS (
  SELECT 'kind' AS scope, 1 AS place, kind AS name, layer, kind_ordinal AS ordinal, * EXCLUDE (layer) FROM fault_detection
  UNION ALL
  SELECT 'layer', 2, layer, layer, CASE layer WHEN 'syntactic' THEN 1 ELSE 2 END, * EXCLUDE (layer) FROM fault_detection
  UNION ALL
  SELECT 'all', 3, 'all', NULL, 1, * EXCLUDE (layer) FROM fault_detection
), total AS (
  SELECT
    scope,
    place,
    name,
    layer,
    ordinal,
    sum(injected)::INTEGER AS injected,
    sum(found)::INTEGER AS found,
    sum(right_rule)::INTEGER AS right_rule,
    sum(missed)::INTEGER AS missed,
    sum(elsewhere)::INTEGER AS elsewhere,
    sum(false_alarms)::INTEGER AS false_alarms
  FROM part
  GROUP BY scope, place, name, layer, ordinal
)
SELECT
  t.scope,
  t.name,
  t.layer,
  t.injected,
  t.found,
  t.right_rule,
  t.missed,
  t.elsewhere,
  t.false_alarms,
  rate_of(t.found, t.injected) AS recall,
  wilson_low(t.found, t.injected) AS recall_low,
  wilson_high(t.found, t.injected) AS recall_high,
  CASE WHEN c.source = 'generated' THEN rate_of(t.found, t.found + t.false_alarms) END AS precision,
  CASE WHEN c.source = 'generated' THEN wilson_low(t.found, t.found + t.false_alarms) END AS precision_low,
  CASE WHEN c.source = 'generated' THEN wilson_high(t.found, t.found + t.false_alarms) END AS precision_high,
  CASE WHEN c.source = 'generated' THEN f1_of(rate_of(t.found, t.injected + t.false_alarms)) END AS f1,
  CASE WHEN c.source = 'generated' THEN f1_of(wilson_low(t.found, t.injected + t.false_alarms)) END AS f1_low,
  CASE WHEN c.source = 'generated' THEN f1_of(wilson_high(t.found, t.injected + t.false_alarms)) END AS f1_high
FROM total t
CROSS JOIN stg_campaign c
ORDER BY t.place, t.ordinal, t.name;
