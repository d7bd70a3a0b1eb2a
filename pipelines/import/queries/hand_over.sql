-- The rows in the order of the file, as RawRows takes them: its fields with NUL behind each, and a sign before those that are there, so that
-- an empty one is not NULL. Of one that can't be stored whatever it holds, the id alone.
COPY (
  SELECT concat(
    if(flaw IS NULL, '', '='), flaw, chr(0),
    if(is_unknown, '=', ''), chr(0),
    CASE
      WHEN flaw IS NULL THEN concat(:fields)
      ELSE concat(CASE WHEN NOT contains(device_id, chr(0)) THEN '=' || device_id END, repeat(chr(0), :columns))
    END
  )
  FROM (
    SELECT *, coalesce(damage, CASE WHEN contains(concat(:values), chr(0)) THEN :nul END) AS flaw
    FROM source
  )
) TO :raw (FORMAT csv, HEADER false, QUOTE '', ESCAPE '')
