-- model: import_rejects
-- question: Which rows of the imported file could not be stored, and why?
-- grain: one row a rejected row, the first 1,000
-- order: row_no
-- columns:
--   row_no     INTEGER  Number of the data row in the file, from 1, header not counted.
--   reason     VARCHAR  Why it could not be stored.
--   device_id  VARCHAR  The id as it came; NULL where there was none that can be stored.
--   total      INTEGER  Rejected rows in all.
CREATE TABLE import_rejects AS
SELECT row_no::INTEGER AS row_no, reason, device_id, count(*) OVER ()::INTEGER AS total
FROM stg_reject
ORDER BY row_no
LIMIT 1000;
