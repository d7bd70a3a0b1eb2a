-- Rows that are not stored: of rows with the same id the first is.
CREATE TABLE apart AS
WITH kept AS (
  SELECT device_id, min(row_no) AS row_no FROM key GROUP BY device_id HAVING count(*) > 1
)
SELECT key.row_no, key.device_id
FROM key
JOIN kept ON kept.device_id = key.device_id AND kept.row_no <> key.row_no
