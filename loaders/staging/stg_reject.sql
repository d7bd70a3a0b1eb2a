-- model: stg_reject
-- question: Which rows of the imported file could not be stored?
-- grain: one row a rejected row
-- columns:
--   row_no     BIGINT   Number of the data row in the file, from 1, header not counted.
--   reason     VARCHAR  Why it could not be stored.
--   device_id  VARCHAR  The id as it came, where there was one that can be stored.
CREATE TABLE stg_reject AS
SELECT row_no::BIGINT AS row_no, reason, device_id
FROM pulled('reject', {'row_no': 'VARCHAR', 'reason': 'VARCHAR', 'device_id': 'VARCHAR'});
