-- Every row with the columns that Sentinel knows and, where it can't be stored, the reason. Of rows with the same id
-- the first that can be stored is.
CREATE TABLE report AS
WITH judged AS (
  SELECT
    *,
    CASE
      WHEN damage IS NOT NULL THEN damage
      WHEN device_id IS NULL OR trim(device_id) = '' THEN 'it has no device_id'
      WHEN strlen(device_id) > 256 THEN 'its device_id is longer than 256 bytes'
      WHEN strlen(concat(:values)) > 16384 THEN 'its values are longer than 16,384 bytes together'
      WHEN contains(concat(:values), chr(0)) THEN 'a value holds a NUL byte, which PostgreSQL cannot store'
      WHEN update_status IS NULL OR trim(update_status) = '' THEN 'it has no update_status'
      WHEN lower(trim(update_status)) NOT IN ('success', 'partial') THEN 'its update_status is neither Success nor Partial'
    END AS fault
  FROM source
)
SELECT
  * EXCLUDE (fault, damage, update_status),
  CASE lower(trim(update_status)) WHEN 'success' THEN 'Success' WHEN 'partial' THEN 'Partial' END AS update_status,
  CASE
    WHEN fault IS NULL AND row_number() OVER (PARTITION BY device_id, fault IS NULL ORDER BY row_no) > 1
      THEN 'its device_id stands in an earlier row'
    ELSE fault
  END AS reason
FROM judged
