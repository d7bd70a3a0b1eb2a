-- How pages write numbers, said a second time and apart from them. For the length of a session.
CREATE FUNCTION pg_temp.whole(n numeric) RETURNS text LANGUAGE sql AS $$ SELECT to_char(n, 'FM999,999,999,990') $$;

CREATE FUNCTION pg_temp.percent(share numeric, digits int DEFAULT 1) RETURNS text LANGUAGE sql AS $$
  SELECT CASE
    WHEN share IS NULL THEN '–'
    WHEN share IN (0, 1) THEN (100 * share)::int || '%'
    WHEN share > 0 AND round(100 * share, digits) = 0 THEN '<' || power(10::numeric, -digits)::numeric(10, 3)::float8 || '%'
    WHEN share < 1 AND round(100 * share, digits) = 100 THEN '>' || round(100 - power(10::numeric, -digits), digits) || '%'
    ELSE round(100 * share, digits) || '%'
  END
$$;

CREATE FUNCTION pg_temp.points(difference numeric, digits int DEFAULT 1) RETURNS text LANGUAGE sql AS $$
  SELECT CASE
    WHEN difference IS NULL THEN '–'
    WHEN round(100 * difference, digits) = 0 THEN round(0::numeric, digits)::text
    ELSE CASE WHEN difference < 0 THEN '−' ELSE '+' END || round(abs(100 * difference), digits)
  END
$$;

CREATE FUNCTION pg_temp.share(k numeric, n numeric) RETURNS numeric LANGUAGE sql AS $$ SELECT CASE WHEN n > 0 THEN k / n END $$;

-- The two ends of Wilson's 95 % interval, by the formula as textbooks have it: the middle, and half the width.
CREATE FUNCTION pg_temp.wilson(k numeric, n numeric, side int, z numeric DEFAULT 1.959963984540054) RETURNS numeric LANGUAGE sql AS $$
  SELECT CASE
    WHEN n = 0 THEN NULL
    WHEN side < 0 AND k = 0 THEN 0
    WHEN side > 0 AND k = n THEN 1
    ELSE (k / n + z * z / (2 * n) + side * z * sqrt(k / n * (1 - k / n) / n + z * z / (4 * n * n))) / (1 + z * z / n)
  END
$$;

CREATE FUNCTION pg_temp.interval(k numeric, n numeric, digits int DEFAULT 1) RETURNS text LANGUAGE sql AS $$
  SELECT CASE WHEN n = 0 THEN '–' ELSE
    round(100 * pg_temp.wilson(k, n, -1), digits) || '–' || round(100 * pg_temp.wilson(k, n, 1), digits) || '%'
  END
$$;

-- The two ends of Newcombe's 95 % interval of the difference of two rates.
CREATE FUNCTION pg_temp.newcombe(k numeric, n numeric, l numeric, m numeric, side int) RETURNS numeric LANGUAGE sql AS $$
  SELECT k / n - l / m + side * sqrt(
    (pg_temp.wilson(k, n, side) - k / n) ^ 2 + (l / m - pg_temp.wilson(l, m, -side)) ^ 2)
$$;

CREATE FUNCTION pg_temp.stage(name text) RETURNS text LANGUAGE sql AS $$ SELECT upper(left(name, 1)) || lower(substr(name, 2)) $$;
CREATE FUNCTION pg_temp.words(name text) RETURNS text LANGUAGE sql AS $$ SELECT replace(lower(name), '_', ' ') $$;
CREATE FUNCTION pg_temp.field(name text) RETURNS text LANGUAGE sql AS $$
  SELECT CASE name WHEN 'battery_voltage' THEN 'Battery voltage' WHEN 'signal_strength' THEN 'Signal strength' ELSE 'Free storage' END
$$;

-- Devices of the current campaign, and how far the update got with each.
CREATE TEMPORARY VIEW fleet AS
SELECT *, CASE WHEN failed THEN array_position(stages, last_stage) ELSE 9 END AS reached
FROM (
  SELECT *, reported_status <> 'Success' OR update_status <> 'Success' AS failed,
    ARRAY['QUEUED', 'ACKNOWLEDGED', 'DOWNLOADING', 'DOWNLOADED', 'VERIFIED', 'INSTALLING', 'REBOOTING', 'CONFIRMING'] AS stages
  FROM ota_logs
) d;

-- Devices of each region that came to a stage, and that failed there.
CREATE TEMPORARY VIEW place AS
SELECT s.stage, s.no, d.region,
  count(*) FILTER (WHERE d.reached >= s.no) AS came, count(*) FILTER (WHERE d.reached = s.no) AS failed
FROM fleet d, unnest(d.stages) WITH ORDINALITY AS s (stage, no)
GROUP BY s.stage, s.no, d.region;

-- Telemetry that breaks a rule of data/rules/default.json, worked out anew: a device and field, and the rule.
CREATE TEMPORARY VIEW broken AS
SELECT d.device_id, d.region, d.failed, d.update_status, v.field, v.raw,
  CASE
    WHEN v.raw IS NULL OR v.raw = '' THEN v.name || '_missing'
    WHEN v.number IS NULL THEN v.name || '_not_number'
    WHEN v.name = 'signal' AND v.number = -999 THEN 'signal_dropped'
    ELSE v.name || '_out_of_range'
  END AS rule, v.no
FROM fleet d
CROSS JOIN LATERAL (
  SELECT t.*, CASE WHEN t.raw ~ '^-?[0-9]+(\.[0-9]+)?$' THEN t.raw::numeric END AS number
  FROM (VALUES
    (1, 'battery', 'battery_voltage', d.battery_voltage, 6, 16),
    (2, 'signal', 'signal_strength', d.signal_strength, 0, 100),
    (3, 'storage', 'storage_free_mb', d.storage_free_mb, 0, 1048576)
  ) AS t (no, name, field, raw, least, most)
) v
WHERE v.number IS NULL OR v.number NOT BETWEEN v.least AND v.most;

-- Every fault that was injected, and the rule that its field breaks.
CREATE TEMPORARY VIEW injected AS
SELECT f.device_id, f.field, f.kind, b.rule,
  CASE f.kind WHEN 'null' THEN 'missing' WHEN 'type_mismatch' THEN 'not_number' WHEN 'signal_drop' THEN 'dropped' ELSE 'out_of_range' END AS expected
FROM fault_ledger f
JOIN current_campaign c ON c.campaign_id = f.campaign_id
LEFT JOIN broken b ON b.device_id = f.device_id AND b.field = f.field;

-- What happened to the devices of the current campaign (a) and of the one before (b), of all kinds that the page Runs compares.
CREATE TEMPORARY VIEW pair AS
WITH d AS (
  SELECT s.*, s.campaign_id = u.campaign_id AS is_now, s.reported_status = 'Partial' AS failed,
    CASE WHEN s.reported_status = 'Partial' THEN array_position(t.stages, s.last_stage) ELSE 9 END AS reached, t.stages
  FROM device_status s
  CROSS JOIN current_campaign u
  CROSS JOIN (SELECT stages FROM fleet LIMIT 1) t
), n AS (
  SELECT is_now, 'fleet' AS scope, 'Whole fleet' AS name, failed AS event FROM d
  UNION ALL SELECT is_now, 'region', region, failed FROM d
  UNION ALL SELECT is_now, 'model', model, failed FROM d
  UNION ALL SELECT is_now, 'stage', pg_temp.stage(s.stage), reached = s.no FROM d, unnest(stages) WITH ORDINALITY AS s (stage, no) WHERE reached >= s.no
  UNION ALL SELECT is_now, 'error', pg_temp.words(e.code), failed AND error_code = e.code
    FROM d, (SELECT DISTINCT error_code AS code FROM d WHERE failed) e
  UNION ALL SELECT is_now, 'decision', a.name, d.action = a.action
    FROM d, (VALUES ('RETRY_UPDATE', 'Retry'), ('FORCE_ROLLBACK', 'Rollback'), ('MANUAL_TRIAGE', 'A person')) AS a (action, name) WHERE failed
)
SELECT scope, name, count(*) FILTER (WHERE is_now AND event) AS ka, count(*) FILTER (WHERE is_now) AS na,
  count(*) FILTER (WHERE NOT is_now AND event) AS kb, count(*) FILTER (WHERE NOT is_now) AS nb
FROM n
GROUP BY scope, name;
