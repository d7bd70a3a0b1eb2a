-- The rows in the order of the file, as RawRows takes them: its fields with NUL behind each, and a sign before those that are there, so that
-- an empty one is not NULL. Before them why the row is damaged, in which case the id is all of it, and marks: u, its word is unknown; n, a
-- value holds NUL, in whose place another byte stands; i, the id does.
COPY (
  SELECT concat(
    if(damage IS NULL, '', '='), damage, chr(0),
    if(is_unknown, 'u', ''), if(has_nul, 'n', ''), if(contains(device_id, chr(0)), 'i', ''), chr(0),
    CASE
      WHEN damage IS NOT NULL THEN concat('=' || replace(device_id, chr(0), chr(1)), repeat(chr(0), :columns))
      WHEN has_nul THEN concat(:without_nul)
      ELSE concat(:fields)
    END
  )
  FROM (SELECT *, contains(concat(:values), chr(0)) AS has_nul FROM source)
) TO :raw (FORMAT csv, HEADER false, QUOTE '', ESCAPE '')
