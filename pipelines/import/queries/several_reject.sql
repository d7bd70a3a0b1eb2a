-- Of rows with the same id the first that can be stored is.
INSERT INTO apart
WITH able AS (
  SELECT s.row_no, s.device_id FROM report s ANTI JOIN apart a ON a.row_no = s.row_no
), kept AS (
  SELECT device_id, min(row_no) AS row_no FROM able GROUP BY device_id HAVING count(*) > 1
)
SELECT able.row_no, 'its device_id stands in an earlier row'
FROM able
JOIN kept ON kept.device_id = able.device_id AND kept.row_no <> able.row_no
