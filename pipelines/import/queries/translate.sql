-- The rows with what their words say of the update: the first word of the table that a row has. One that is not in the table leaves the
-- device Partial, and stands in last_stage as it came.
CREATE TABLE status_word AS
SELECT unnest(
  from_json(
    getvariable('words')::JSON,
    '[{"no": "INTEGER", "place": "INTEGER", "word": "VARCHAR", "update_status": "VARCHAR", "last_stage": "VARCHAR", "error_code": "VARCHAR"}]'
  ),
  recursive := true
);
CREATE TABLE translation AS
SELECT t.signals, min(w.no) AS no
FROM (SELECT DISTINCT signals FROM untranslated) t
JOIN status_word w ON lower(trim(t.signals[w.place])) = w.word
GROUP BY t.signals;
CREATE VIEW source AS
SELECT
  u.* EXCLUDE (signals) REPLACE (
    CASE WHEN w.no IS NOT NULL THEN w.update_status WHEN trim(u.update_status) <> '' THEN 'Partial' END AS update_status,
    CASE WHEN w.no IS NOT NULL THEN coalesce(w.last_stage, u.last_stage) ELSE u.update_status END AS last_stage,
    coalesce(w.error_code, u.error_code) AS error_code,
    w.no IS NULL AS is_unknown
  )
FROM untranslated u
LEFT JOIN translation t ON t.signals = u.signals
LEFT JOIN status_word w ON w.no = t.no
ORDER BY u.row_no
