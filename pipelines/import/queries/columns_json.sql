-- Names of fields that may be columns, in all their spellings; where there are too many of them, some.
SELECT DISTINCT name
FROM (SELECT unnest(json_keys(object)) AS name FROM line)
WHERE list_contains(getvariable('known'), lower(trim(name)))
ORDER BY name
LIMIT getvariable('most_spellings') + 1
