-- model: triage_standing
-- question: How does the triage queue stand, all in all, by rule and by region?
-- grain: one row for the whole queue, one a rule, one a region
-- order: scope (all, rule, region), then the most open first, then the most held, then name
-- columns:
--   scope      VARCHAR  all, rule or region.
--   name       VARCHAR  all; the first rule that the devices broke; their region, '(none)' or '(untrusted)' where there is none to trust.
--   severity   VARCHAR  Severity of the rule: critical, warning or info; NULL elsewhere, and where it is no longer in the rule set.
--   held       INTEGER  Devices that were ever held: the sum of the five that follow.
--   open       INTEGER  Devices that wait for a person.
--   waiting    INTEGER  Devices that a person released and the next recovery decides.
--   recovered  INTEGER  Devices that recovery decided since a person released them.
--   rejected   INTEGER  Devices for which a person chose the action.
--   repaired   INTEGER  Devices that a rule repaired by itself, and recovery decided with it.
--   proposed   INTEGER  Of the open ones, devices with which no rule would find fault if what the rules propose were taken.
CREATE TABLE triage_standing AS
WITH place AS (
  SELECT t.rule_id, t.region, t.standing, p.is_enough FROM int_triage t LEFT JOIN int_proposal p ON p.device_id = t.device_id
), scoped AS (
  SELECT 'all' AS scope, 'all' AS name, standing, is_enough FROM place
  UNION ALL SELECT 'rule', rule_id, standing, is_enough FROM place
  UNION ALL SELECT 'region', region, standing, is_enough FROM place
), counted AS (
  SELECT
    scope,
    name,
    count(*)::INTEGER AS held,
    count(*) FILTER (standing = 'open')::INTEGER AS "open",
    count(*) FILTER (standing = 'waiting')::INTEGER AS waiting,
    count(*) FILTER (standing = 'recovered')::INTEGER AS recovered,
    count(*) FILTER (standing = 'rejected')::INTEGER AS rejected,
    count(*) FILTER (standing = 'repaired')::INTEGER AS repaired,
    count(*) FILTER (is_enough)::INTEGER AS proposed
  FROM scoped
  GROUP BY scope, name
  UNION ALL
  SELECT 'all', 'all', 0, 0, 0, 0, 0, 0, 0 WHERE NOT EXISTS (FROM place)
)
SELECT c.scope, c.name, r.severity, c.held, c."open", c.waiting, c.recovered, c.rejected, c.repaired, c.proposed
FROM counted c
LEFT JOIN ref_rule r ON c.scope = 'rule' AND r.rule_id = c.name
ORDER BY list_position(['all', 'rule', 'region'], c.scope), c."open" DESC, c.held DESC, c.name;
