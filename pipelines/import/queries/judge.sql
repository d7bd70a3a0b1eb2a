-- The rows as they go to the database, each as one text: its fields with NUL behind each, and a sign before those that are there, so that an
-- empty one is not NULL. And the rows that are not stored: those that can't be, with the reason.
CREATE TABLE report AS
SELECT
  row_no,
  device_id,
  -- Asked for where the latest of several counts; a time that can't be read is before all others.
  CASE WHEN getvariable('several') = 'latest' THEN coalesce(TRY_CAST(reported_at AS TIMESTAMPTZ), '-infinity'::TIMESTAMPTZ) END AS reported,
  CASE WHEN is_unknown THEN last_stage END AS unknown_word,
  CASE
    WHEN damage IS NOT NULL THEN damage
    WHEN device_id IS NULL OR trim(device_id) = '' THEN 'it has no device_id'
    WHEN strlen(device_id) > 256 THEN 'its device_id is longer than 256 bytes'
    WHEN strlen(concat(:values)) > 16384 THEN 'its values are longer than 16,384 bytes together'
    WHEN contains(concat(:values), chr(0)) THEN 'a value holds a NUL byte, which PostgreSQL cannot store'
    WHEN update_status IS NULL OR trim(update_status) = '' THEN 'it has no update_status'
    WHEN lower(trim(update_status)) NOT IN ('success', 'partial') THEN 'its update_status is neither Success nor Partial'
  END AS reason,
  CASE WHEN reason IS NULL THEN concat('=', row_no, chr(0), :fields) END AS record,
  coalesce(strlen(record), 0) AS size
FROM source;
CREATE TABLE apart AS
SELECT row_no, reason FROM report WHERE reason IS NOT NULL
