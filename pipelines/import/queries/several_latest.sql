-- Of rows with the same id the latest that can be stored is, of equally late ones the later row. The reason of the others is none: they are
-- no rejects.
INSERT INTO apart
WITH able AS (
  SELECT s.row_no, s.device_id, s.reported
  FROM report s
  ANTI JOIN apart a ON a.row_no = s.row_no
), kept AS (
  SELECT device_id, max({'reported': reported, 'row_no': row_no}) AS latest FROM able GROUP BY device_id HAVING count(*) > 1
)
SELECT able.row_no, NULL
FROM able
JOIN kept ON kept.device_id = able.device_id AND kept.latest.row_no <> able.row_no
