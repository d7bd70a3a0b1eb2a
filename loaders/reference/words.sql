-- The vocabulary and the rules, given as JSON in variables.
CREATE TABLE ref_status AS
SELECT w.word AS update_status, w.ordinal::INTEGER AS ordinal
FROM (SELECT unnest(from_json(getvariable('statuses'), '[{"word": "VARCHAR", "ordinal": "INTEGER"}]')) AS w);

CREATE TABLE ref_stage AS
SELECT w.word AS stage, w.ordinal::INTEGER AS ordinal
FROM (SELECT unnest(from_json(getvariable('stages'), '[{"word": "VARCHAR", "ordinal": "INTEGER"}]')) AS w);

CREATE TABLE ref_action AS
SELECT w.word AS action, w.ordinal::INTEGER AS ordinal
FROM (SELECT unnest(from_json(getvariable('actions'), '[{"word": "VARCHAR", "ordinal": "INTEGER"}]')) AS w);

CREATE TABLE ref_severity AS
SELECT w.word AS severity, w.ordinal::INTEGER AS ordinal
FROM (SELECT unnest(from_json(getvariable('severities'), '[{"word": "VARCHAR", "ordinal": "INTEGER"}]')) AS w);

CREATE TABLE ref_field AS
SELECT w.word AS field, w.ordinal::INTEGER AS ordinal
FROM (SELECT unnest(from_json(getvariable('fields'), '[{"word": "VARCHAR", "ordinal": "INTEGER"}]')) AS w);

CREATE TABLE ref_kind AS
SELECT k.kind, k.ordinal::INTEGER AS ordinal, k.layer
FROM (SELECT unnest(from_json(getvariable('kinds'), '[{"kind": "VARCHAR", "ordinal": "INTEGER", "layer": "VARCHAR"}]')) AS k);

CREATE TABLE ref_rule_set AS
SELECT s.name, s.version
FROM (SELECT from_json(getvariable('rule_set'), '{"name": "VARCHAR", "version": "INTEGER"}') AS s);

CREATE TABLE ref_rule AS
SELECT r.rule_id, r.ordinal::INTEGER AS ordinal, r.field, r.detects, r.expected, r.severity
FROM (
  SELECT unnest(from_json(
    getvariable('rules'),
    '[{"rule_id": "VARCHAR", "ordinal": "INTEGER", "field": "VARCHAR", "detects": ["VARCHAR"], "expected": "VARCHAR", "severity": "VARCHAR"}]'
  )) AS r
);
