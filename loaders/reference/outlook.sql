-- The policy and the assumptions, given as JSON in variables. Edges are doubles, as the engine reads them.
CREATE TABLE ref_policy AS
SELECT p.file, p.document, p.reason
FROM (SELECT from_json(getvariable('policy'), '{"file": "VARCHAR", "document": "VARCHAR", "reason": "VARCHAR"}') AS p);

CREATE TABLE ref_what_if_step AS
SELECT s.field, s.edge, lead(s.edge) OVER (PARTITION BY s.field ORDER BY s.edge) AS next_edge, s.at, s.after
FROM (
  SELECT unnest(from_json(
    getvariable('what_if_steps'), '[{"field": "VARCHAR", "edge": "DOUBLE", "at": "VARCHAR", "after": "VARCHAR"}]'
  )) AS s
);

CREATE TABLE ref_what_if_code AS
SELECT c.error_code, c.battery_voltage, c.signal_strength, c.storage_free_mb, c.attempts
FROM (
  SELECT unnest(from_json(
    getvariable('what_if_codes'),
    '[{"error_code": "VARCHAR", "battery_voltage": "BOOLEAN", "signal_strength": "BOOLEAN", "storage_free_mb": "BOOLEAN", "attempts": "BOOLEAN"}]'
  )) AS c
);

CREATE TABLE ref_what_if_model AS
SELECT m.model
FROM (SELECT unnest(from_json(getvariable('what_if_models'), '[{"model": "VARCHAR"}]')) AS m);

CREATE TABLE ref_roi AS
SELECT r.name, r.version, r.currency
FROM (SELECT from_json(getvariable('roi'), '{"name": "VARCHAR", "version": "INTEGER", "currency": "VARCHAR"}') AS r);

CREATE TABLE ref_roi_assumption AS
SELECT a.id, a.ordinal::INTEGER AS ordinal, a.label, a.unit, a.low, a.mid, a.high, a.source, a.note
FROM (
  SELECT unnest(from_json(
    getvariable('roi_assumptions'),
    '[{"id": "VARCHAR", "ordinal": "INTEGER", "label": "VARCHAR", "unit": "VARCHAR", "low": "DOUBLE", "mid": "DOUBLE", "high": "DOUBLE", "source": "VARCHAR", "note": "VARCHAR"}]'
  )) AS a
);
