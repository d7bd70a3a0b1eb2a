-- Rows that are not stored: of rows with the same id the latest is, of equally late ones the later row. A time that can't be read is before
-- all others.
CREATE TABLE apart AS
WITH timed AS (
  SELECT row_no, device_id, coalesce(TRY_CAST(reported_at AS TIMESTAMPTZ), '-infinity'::TIMESTAMPTZ) AS reported FROM key
), kept AS (
  SELECT device_id, max({'reported': reported, 'row_no': row_no}) AS latest FROM timed GROUP BY device_id HAVING count(*) > 1
)
SELECT timed.row_no, timed.device_id
FROM timed
JOIN kept ON kept.device_id = timed.device_id AND kept.latest.row_no <> timed.row_no
