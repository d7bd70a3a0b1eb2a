-- Rows that are not stored: those that can't be, with the reason.
CREATE TABLE apart AS
SELECT row_no, reason
FROM (
  SELECT
    row_no,
    CASE
      WHEN damage IS NOT NULL THEN damage
      WHEN device_id IS NULL OR trim(device_id) = '' THEN 'it has no device_id'
      WHEN strlen(device_id) > 256 THEN 'its device_id is longer than 256 bytes'
      WHEN strlen(concat(:values)) > 16384 THEN 'its values are longer than 16,384 bytes together'
      WHEN contains(concat(:values), chr(0)) THEN 'a value holds a NUL byte, which PostgreSQL cannot store'
      WHEN update_status IS NULL OR trim(update_status) = '' THEN 'it has no update_status'
      WHEN lower(trim(update_status)) NOT IN ('success', 'partial') THEN 'its update_status is neither Success nor Partial'
    END AS reason
  FROM source
)
WHERE reason IS NOT NULL
