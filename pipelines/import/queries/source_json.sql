-- The objects, each with the columns that Sentinel knows, as text.
CREATE :relation AS
SELECT
  row_no,
  CASE
    WHEN object IS NULL THEN 'it is no JSON, or longer than 2,000,000 bytes'
    WHEN json_type(object) <> 'OBJECT' THEN 'it is no JSON object'
    WHEN len(json_keys(object)) <> len(list_distinct(list_transform(json_keys(object), lambda name: lower(trim(name)))))
      THEN 'a name stands in it twice'
  END AS damage,
  false AS is_unknown,
  :columns
FROM line
